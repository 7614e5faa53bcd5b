import Caffe
import Foundation
import Testing

/// Every prototxt of the data folder, written by many people over many years.
@Suite struct PublicFilesTests {
  private static let folder = ProcessInfo.processInfo.environment["CAFFE_DATA_DIR"].map { $0 + "/prototxt" }

  @Test(.enabled(if: folder != nil, "set CAFFE_DATA_DIR to look through public prototxt files"))
  func areLookedThroughToTheEnd() throws {
    let folder = try #require(Self.folder)
    let linter = Linter(context: Context(engine: ReferenceEngine(), phase: .test, registry: .standard))
    let entries = try String(contentsOfFile: "\(folder)/index.tsv", encoding: .utf8).split(separator: "\n").dropFirst()
    var counts: [String: Int] = [:]
    for entry in entries {
      let columns = entry.split(separator: "\t").map(String.init)
      let found = linter.findings(in: ["\(folder)/\(columns[0])"])
      for rule in Set(found.map(\.rule)) { counts[rule, default: 0] += 1 }
      #expect(found.allSatisfy { !$0.text(width: 20).isEmpty && ($0.location.line != nil || $0.rule == "file") })
      let faults = found.filter { ["syntax", "field", "file"].contains($0.rule) }
      // What the original's schema reads is read here, but for nets whose upgrade it refuses itself.
      if columns[1] == "net" || columns[1] == "solver" {
        #expect(faults.isEmpty || columns[0].contains("deepface") || columns[0].contains("cvprw15"), "\(faults)")
      }
    }
    print(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    #expect(counts["batch-norm-without-scale", default: 0] > 0 && counts["field", default: 0] > 100)
  }
}
