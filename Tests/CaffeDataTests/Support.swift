import Caffe
import Foundation

/// A folder that goes with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "caffe-data-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something in it.
  func at(_ name: String) -> String { "\(path)/\(name)" }

  /// A copy of a fixture: databases are written to when they are opened.
  func copy(fixture name: String) throws -> String {
    // File by file: copying the folder would fail where the project belongs to another user.
    let source = Fixtures.path + "/" + name
    try FileManager.default.createDirectory(atPath: at(name), withIntermediateDirectories: false)
    for file in try FileManager.default.contentsOfDirectory(atPath: source) {
      let content = try Data(contentsOf: URL(fileURLWithPath: "\(source)/\(file)"))
      try content.write(to: URL(fileURLWithPath: at("\(name)/\(file)")))
    }
    return at(name)
  }

  var contents: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

enum Fixtures {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let path = root + "/Tests/Fixtures/data"
  /// Real data of other people; not in the project.
  static let realData = ProcessInfo.processInfo.environment["CAFFE_DATA_DIR"]
}

/// The error that `body` throws, as a user reads it; empty when it throws none.
func message(of body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// The records of a database, keys and values.
func records(_ reader: any RecordReader) throws -> [(key: String, value: [UInt8])] {
  var found: [(String, [UInt8])] = []
  while try reader.next() { found.append((reader.keyText, [UInt8](reader.value))) }
  return found
}

/// Makes a database of `Datum`s.
func makeDatabase(_ path: String, _ backend: RecordBackend = .lmdb, _ datums: [(String, Datum)]) throws {
  let writer = try RecordStore.create(path, backend: backend)
  for (key, datum) in datums {
    let value: [UInt8] = try datum.serializedBytes()
    try writer.put(key: key, value: value)
  }
  try writer.finish()
}

func datum(_ channels: Int32, _ height: Int32, _ width: Int32, _ bytes: [UInt8], label: Int32 = 0) -> Datum {
  var datum = Datum()
  datum.channels = channels
  datum.height = height
  datum.width = width
  datum.data = Data(bytes)
  datum.label = label
  return datum
}
