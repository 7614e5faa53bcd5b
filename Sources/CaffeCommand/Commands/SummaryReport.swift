import Caffe
import Foundation

/// A summary as programs read it.
struct SummaryReport {
  private struct Record: Encodable {
    struct Top: Encodable {
      var name: String
      var shape: [Int]
    }
    struct Layer: Encodable {
      var name: String
      var type: String
      var bottoms: [String]
      var tops: [Top]
      var parameters: Int
      var trainedParameters: Int
      var multiplyAdds: Int
      var bytes: Int
      var warnings: [String]
    }
    var net: String
    var phase: String
    var parameters: Int
    var trainedParameters: Int
    var multiplyAdds: Int
    var bytes: Int
    var guessedShapes: [String]
    var layers: [Layer]
  }

  private let record: Record

  init(_ summary: NetSummary, remarks: [String: [String]]) {
    let layers = summary.rows.map { row in
      Record.Layer(
        name: row.name, type: row.type, bottoms: row.bottoms,
        tops: row.tops.map { Record.Top(name: $0.name, shape: $0.shape.extents) }, parameters: row.parameters,
        trainedParameters: row.trained, multiplyAdds: row.multiplyAdds, bytes: row.bytes,
        warnings: remarks[row.name] ?? [])
    }
    record = Record(
      net: summary.name, phase: summary.phase == .train ? "TRAIN" : "TEST", parameters: summary.parameters,
      trainedParameters: summary.trained, multiplyAdds: summary.multiplyAdds, bytes: summary.bytes,
      guessedShapes: summary.guesses, layers: layers)
  }

  /// The numbers as one object; sizes in bytes.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // It holds nothing but texts and whole numbers, so it can be encoded.
    return ((try? encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
  }
}
