import CaffeCore
import CaffeProto
import Testing

/// Every prototxt of the data folder, written by many people over many years.
@Suite struct PublicPrototxtTests {
  private struct Entry {
    var path: String
    var kind: String
  }

  private static let folder = environment("CAFFE_DATA_DIR").map { $0 + "/prototxt" }

  /// Nets that the original's own upgrade refuses.
  private static let refused = ["examples__deepface__", "kevinlin311tw__caffe-cvprw15__"]

  private func entries(_ kinds: String...) throws -> [Entry] {
    let folder = try #require(Self.folder)
    return try text(of: "\(folder)/index.tsv").split(separator: "\n").compactMap { line in
      let columns = line.split(separator: "\t").map(String.init)
      guard columns.count > 1, kinds.contains(columns[1]) else { return nil }
      return Entry(path: "\(folder)/\(columns[0])", kind: columns[1])
    }
  }

  @Test(.enabled(if: folder != nil, "set CAFFE_DATA_DIR to read public prototxt files"))
  func everyNetIsReadAndUpgraded() throws {
    var refused: [String] = []
    for entry in try entries("net") {
      do {
        let file = try NetReader.readNet(file: entry.path)
        #expect(file.net.layers.isEmpty && file.net.input.isEmpty, "\(entry.path)")
        #expect(file.layerLocations.count == file.net.layer.count)
        #expect(try NetReader.parseNet(text: file.net.prototxt()).net == file.net, "\(entry.path)")
      } catch let error as CaffeError {
        #expect(Self.refused.contains { entry.path.contains($0) }, "\(error)")
        #expect(error.location?.line != nil && error.layer != nil, "\(error)")
        refused.append(entry.path)
      }
    }
    #expect(refused.count == 4)
  }

  @Test(.enabled(if: folder != nil, "set CAFFE_DATA_DIR to read public prototxt files"))
  func everySolverIsRead() throws {
    let entries = try entries("solver")
    #expect(entries.count == 149)
    for entry in entries {
      let solver = try NetReader.readSolver(file: entry.path).solver
      #expect(!solver.hasSolverType)
      #expect(try NetReader.parseSolver(text: solver.prototxt()).solver == solver, "\(entry.path)")
    }
  }

  @Test(.enabled(if: folder != nil, "set CAFFE_DATA_DIR to read public prototxt files"))
  func everyForksFileIsRefusedWithItsPlace() throws {
    for entry in try entries("net-not-original", "solver-not-original") {
      do {
        if entry.kind.hasPrefix("net") {
          _ = try NetReader.readNet(file: entry.path)
        } else {
          _ = try NetReader.readSolver(file: entry.path)
        }
        // Shuffling a database is a field of ours, too.
        if try text(of: entry.path).contains("shuffle:") { continue }
        Issue.record("read without an error: \(entry.path)")
      } catch let error as CaffeError {
        #expect(error.location?.line != nil && error.location?.column != nil, "\(error)")
        #expect(error.location?.file == entry.path)
      }
    }
  }
}
