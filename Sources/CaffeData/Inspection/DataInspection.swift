import CaffeCore
import Foundation

/// Looks through databases and lists of pictures.
public enum DataInspection {
  /// How much is read before it is looked at, on all cores.
  private static let chunk = (records: 256, bytes: 32 << 20)

  /// Looks at every record of the database, or every picture of the list, at `path`.
  ///
  /// - Parameters:
  ///   - root: What the paths of a list begin with.
  ///   - follow: Called with the number of records seen, now and then.
  ///   - shouldStop: Asked now and then; when it says yes, an error ends the work.
  /// - Throws: `CaffeError` when it can't be opened or is neither.
  public static func check(
    _ path: String, root: String = "", follow: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> DataReport {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isThere, !isFolder.boolValue {
      return try checkList(path, root: root, follow: follow, shouldStop: shouldStop)
    }
    return try checkDatabase(path, follow: follow, shouldStop: shouldStop)
  }

  private static func checkDatabase(
    _ path: String, follow: (Int) -> Void, shouldStop: () -> Bool
  ) throws -> DataReport {
    let (reader, backend) = try open(path)
    var builder = DataReportBuilder(source: path, kind: backend.title)
    var failure: CaffeError?
    while failure == nil {
      if shouldStop() { throw CaffeError(.file, file: path, "interrupted after \(builder.report.records) records") }
      var records: [(key: String, value: [UInt8])] = []
      var size = 0
      do {
        while records.count < chunk.records, size < chunk.bytes, try reader.next() {
          records.append((reader.keyText, [UInt8](reader.value)))
          size += reader.value.count
        }
      } catch let error as CaffeError {
        failure = error
      }
      if records.isEmpty { break }
      let outcomes = inParallel(records.map(\.value)) { value in
        try value.withUnsafeBytes { try InspectedRecord(datum: $0) }
      }
      for (record, outcome) in zip(records, outcomes) { builder.add(record.key, outcome) }
      follow(builder.report.records)
    }
    return builder.finished(failure)
  }

  private static func checkList(
    _ path: String, root: String, follow: (Int) -> Void, shouldStop: () -> Bool
  ) throws -> DataReport {
    let list = try PictureList(path)
    var builder = DataReportBuilder(source: path, kind: "list")
    let root = PictureList.root(root)
    for start in stride(from: 0, to: list.entries.count, by: chunk.records) {
      if shouldStop() { throw CaffeError(.file, file: path, "interrupted after \(start) pictures") }
      let entries = Array(list.entries[start..<min(start + chunk.records, list.entries.count)])
      let outcomes = inParallel(entries) { try InspectedRecord(picture: root + $0.path, labels: $0.labels) }
      for (entry, outcome) in zip(entries, outcomes) { builder.add("\(entry.path), line \(entry.line)", outcome) }
      follow(builder.report.records)
    }
    return builder.finished()
  }

  /// Opens the database at `path`, of whichever kind it is.
  static func open(_ path: String) throws -> (any RecordReader, RecordBackend) {
    guard let backend = RecordFolder.backend(at: path) else {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        // The words for what is missing, or is a file.
        try RecordFolder.checkExisting(path, backend: .lmdb)
        throw CaffeError(.file, file: path, "this is no database; name its folder")
      }
      throw CaffeError(
        .corrupt, file: path,
        "this folder is no database: it has neither a file data.mdb, as an LMDB, nor CURRENT, as a LevelDB")
    }
    return (try RecordStore.open(path, backend: backend), backend)
  }
}
