import Caffe
import Foundation

/// The times of a net's layers as a person, or a program, reads them.
struct TimeReport {
  private let times: NetTiming
  private let net: String
  private let phase: Phase
  private let engine: String
  private let summary: String

  init(_ times: NetTiming, net: String, phase: Phase, engine: String, summary: String) {
    self.times = times
    self.net = net
    self.phase = phase
    self.engine = engine
    self.summary = summary
  }

  // MARK: - Table

  /// Columns, a line a layer, and the sums.
  var table: String {
    let header = [
      "layer", "type", "forward ms", "±", "backward ms", "±", "GFLOP", "GFLOP/s", "MB", "share", "computed by"
    ]
    var rows = [header] + times.layers.map { row($0) }
    rows.append(sums)
    let lines = TextTable.lines(rows, right: Set(2..<header.count - 1))
    let title = "\(net.isEmpty ? "net" : net), \(phase == .train ? "TRAIN" : "TEST"), \(engine): \(summary)"
    return
      ([title, "medians of \(times.iterations.count) iterations, ± half the distance between the quartiles"] + lines)
      .joined(separator: "\n") + "\n"
  }

  private func row(_ layer: NetTiming.LayerTime) -> [String] {
    let (forward, backward) = (layer.forward.median, layer.backward.median)
    return [
      layer.name, layer.type, number(forward), number(layer.forward.spread), number(backward),
      number(layer.backward.spread), layer.operations == 0 ? "" : fixed(gigaOperations(layer), 3), speed(layer),
      fixed(Double(layer.bytes) / 1e6, 1), share(forward + backward), layer.computedBy ?? ""
    ]
  }

  private var sums: [String] {
    let forward = times.layers.reduce(Duration.zero) { $0 + $1.forward.median }
    let backward = times.layers.reduce(Duration.zero) { $0 + $1.backward.median }
    let operations = times.layers.reduce(0) { $0 + gigaOperations($1) }
    let seconds = times.median.inMilliseconds / 1000
    return [
      "sum", "", number(forward), "", number(backward), "", fixed(operations, 3),
      operations > 0 && seconds > 0 ? fixed(operations / seconds, 0) : "",
      fixed(times.layers.reduce(0) { $0 + Double($1.bytes) } / 1e6, 1), share(forward + backward), ""
    ]
  }

  /// Those of the passes that were timed.
  private func gigaOperations(_ layer: NetTiming.LayerTime) -> Double {
    Double(layer.operations + (layer.backward.isEmpty ? 0 : layer.backwardOperations)) / 1e9
  }

  private func speed(_ layer: NetTiming.LayerTime) -> String {
    let seconds = (layer.forward.median + layer.backward.median).inMilliseconds / 1000
    return layer.operations > 0 && seconds > 0 ? fixed(gigaOperations(layer) / seconds, 0) : ""
  }

  private func share(_ time: Duration) -> String {
    let whole = times.median
    return whole > .zero ? fixed(100 * (time / whole), 1) + " %" : ""
  }

  private func number(_ duration: Duration) -> String { fixed(duration.inMilliseconds, 3) }

  private func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

  // MARK: - JSON

  private struct Record: Encodable {
    struct Layer: Encodable {
      var name: String
      var type: String
      var forwardMilliseconds: Double
      var forwardSpread: Double
      var backwardMilliseconds: Double
      var backwardSpread: Double
      var forwardOperations: Int
      var backwardOperations: Int
      var bytes: Int
      var computedBy: String?
    }
    var net: String
    var phase: String
    var engine: String
    var libraries: String
    var iterations: Int
    var medianMilliseconds: Double
    var layers: [Layer]
  }

  /// The same numbers, as one object; times in milliseconds.
  var json: String {
    let layers = times.layers.map {
      Record.Layer(
        name: $0.name, type: $0.type, forwardMilliseconds: $0.forward.median.inMilliseconds,
        forwardSpread: $0.forward.spread.inMilliseconds, backwardMilliseconds: $0.backward.median.inMilliseconds,
        backwardSpread: $0.backward.spread.inMilliseconds, forwardOperations: $0.operations,
        backwardOperations: $0.backwardOperations, bytes: $0.bytes, computedBy: $0.computedBy)
    }
    let record = Record(
      net: net, phase: phase == .train ? "TRAIN" : "TEST", engine: engine, libraries: summary,
      iterations: times.iterations.count, medianMilliseconds: times.iterations.median.inMilliseconds, layers: layers)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // All of its numbers are finite, so it can be encoded.
    return ((try? encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
  }
}

extension Duration {
  /// This time in milliseconds.
  var inMilliseconds: Double { self / .milliseconds(1) }
}
