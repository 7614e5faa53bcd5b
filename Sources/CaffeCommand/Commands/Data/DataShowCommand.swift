import ArgumentParser
import Caffe

/// `caffe data show`: one record of a database.
struct DataShowCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a record of an LMDB or LevelDB, also as a picture.")

  @Argument(help: "The database.")
  var path: String
  @Option(help: "The record's key.")
  var record: String?
  @Option(help: "The record's place, from 0 (default: the first).")
  var index: Int?
  @Option(help: "A PNG file to write the record to.")
  var png: String?
  @Option(help: "Print JSON, with all values, in place of a table.")
  var json = false
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if record != nil, index != nil { throw ValidationError("give --record or --index, not both") }
    if let index, index < 0 { throw ValidationError("--index=\(index): give 0 or more") }
  }

  func run(_ session: Session) throws {
    let found = try StoredRecord(record.map { .key($0) } ?? .index(index ?? 0), of: path)
    if let png { try found.picture().write(to: png, as: .png) }
    Platform.write(json ? try JSONText.of(Shown(found), onOneLine: true) : table(found), to: Platform.standardOutput)
  }

  private func table(_ found: StoredRecord) -> String {
    let (low, high) = found.range
    let rows = [
      ["key", found.key], ["index", "\(found.index)"], ["content", "\(found.content), \(found.byteCount) bytes"],
      ["shape", found.shape.map(String.init).joined(separator: "×")],
      [found.labels.count == 1 ? "label" : "labels", found.labels.map(\.general).joined(separator: " ")],
      ["values", "\(low.general) to \(high.general)"]
    ]
    return TextTable.lines(rows).joined(separator: "\n") + "\n"
  }

  /// A record as JSON.
  private struct Shown: Encodable {
    let key: String
    let index: Int
    let content: String
    let shape: [Int]
    let labels: [Float]
    let values: [Float]

    init(_ record: StoredRecord) {
      key = record.key
      index = record.index
      content = record.content
      shape = record.shape
      labels = record.labels
      values = record.values
    }
  }
}
