import CaffeCore
import CaffeNet
import CaffeProto

/// Made-up data: each top is filled by a filler, for tests and timings.
///
/// No bottoms; one top or more, of the shapes given.
///
/// `dummy_data_param`:
/// - `shape`: one for all tops, or one for each.
/// - `num`, `channels`, `height`, `width`: the older way, each once for all tops or once for each.
/// - `data_filler` (constant 0): one for all tops, or one for each. Constant ones fill once, others before every forward.
///
/// Gradient: none.
///
/// Errors: no shape, shapes of both kinds, numbers of them that don't fit the tops; an unknown filler.
///
/// Source: Caffe's DummyData.
///
/// ```
/// layer {
///   name: "noise"
///   type: "DummyData"
///   top: "x"
///   dummy_data_param {
///     shape { dim: 10 dim: 3 dim: 8 dim: 8 }
///     data_filler { type: "gaussian" std: 0.1 }
///   }
/// }
/// ```
package final class DummyDataLayer: Layer, DrawingLayer {
  package override class var typeName: String { "DummyData" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 1...Int.max) }

  /// One a top.
  private var shapes: [Shape] = []
  private var fillers: [Filler] = []
  package var random: RandomStream
  /// The shapes for which constant fillers have run.
  private var filled: [Shape?] = []

  /// Checks `dummy_data_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    random = context.ownRandom.stream("\(parameter.name)/data")
    try super.init(parameter, context: context)
    let tops = parameter.top.count
    shapes = try shapes(parameter.dummyDataParam, tops: tops)
    let given = parameter.dummyDataParam.dataFiller
    guard given.count <= 1 || given.count == tops else {
      throw error(.field, "\(given.count) data_filler for \(tops) tops; give one for all or one for each")
    }
    let made = try (given.isEmpty ? [FillerParameter()] : given).map { try Filler($0, layer: parameter.name) }
    fillers = (0..<tops).map { made[made.count == 1 ? 0 : $0] }
    filled = Array(repeating: nil, count: tops)
  }

  private func shapes(_ message: DummyDataParameter, tops: Int) throws -> [Shape] {
    let older = [message.num, message.channels, message.height, message.width]
    let counts = message.shape.isEmpty ? older.map(\.count) : [message.shape.count]
    if !message.shape.isEmpty, older.contains(where: { !$0.isEmpty }) {
      throw error(.field, "dummy_data_param has both shape and num, channels, height or width; keep shape")
    }
    guard counts.allSatisfy({ $0 == 1 || $0 == tops }) else {
      throw error(
        .field,
        "dummy_data_param has \(counts.map(String.init).joined(separator: ", ")) "
          + (counts.count == 1 ? "shapes" : "of num, channels, height, width")
          + " for \(tops) tops; give one for all or one for each")
    }
    return try (0..<tops).map { top in
      if message.shape.isEmpty {
        return try Shape(validating: older.map { Int($0[$0.count == 1 ? 0 : top]) })
      }
      return try shape(message.shape[message.shape.count == 1 ? 0 : top])
    }
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    for (blob, shape) in zip(top, shapes) { blob.reshape(to: shape) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    for (index, blob) in top.enumerated() {
      if fillers[index].isConstant {
        guard filled[index] != blob.shape else { continue }
        filled[index] = blob.shape
      }
      try fillers[index].fill(blob, random: &random)
    }
  }
}
