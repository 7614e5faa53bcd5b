import CaffeCore
import CaffeNet
import CaffeProto

/// The records whose selector isn't 0, in their order.
///
/// Bottoms: one or more of `n × …`, then the selectors, `n` or `n × 1 × …`. Tops: one for each bottom but the last, `k × …`, where k,
/// the number of selectors that aren't 0, is known at every forward; until the first it is n. k may be 0.
///
/// Gradient: dy for the records that were picked, 0 for the others. Selectors have none.
///
/// Errors: a number of tops other than that of bottoms less one; bottoms of other numbers of records; a selector of more than one
/// value for a record; a gradient for the selectors.
///
/// Source: Caffe's Filter.
///
/// ```
/// layer {
///   name: "picked"
///   type: "Filter"
///   bottom: "x"
///   bottom: "selector"
///   top: "y"
/// }
/// ```
package final class FilterLayer: Layer {
  package override class var typeName: String { "Filter" }
  package override class var ports: Ports { Ports(bottoms: 2...Int.max, tops: 1...Int.max) }

  private let selector: Int
  /// The records picked by the last forward, as runs of neighbours.
  private var runs: [Range<Int>] = []

  /// Checks the number of tops.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    selector = parameter.bottom.count - 1
    guard parameter.bottom.count < 2 || parameter.top.count == selector else {
      throw CaffeError(
        .graph,
        "has \(parameter.top.count) tops for \(parameter.bottom.count) bottoms; expected one for each bottom but the last, the "
          + "selectors", layer: parameter.name)
    }
    try super.init(parameter, context: context)
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { index != selector }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let selectors = bottom[selector].shape
    guard selectors.axisCount > 0, selectors.count == selectors[0] else {
      throw error(
        .shape, "bottom \(selector), the selectors, has the shape \(selectors); expected one value for each record")
    }
    for (index, blob) in bottom.enumerated() where index != selector {
      guard blob.shape.axisCount > 0, blob.shape[0] == selectors[0] else {
        throw error(
          .shape,
          "bottom \(index) has the shape \(blob.shape), but there are \(selectors[0]) selectors (bottom \(selector), of shape "
            + "\(selectors)); expected as many records")
      }
      top[index].reshape(to: blob.shape)
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    let count = bottom[selector].count
    runs = bottom[selector].data.read { values in
      var runs: [Range<Int>] = []
      var start: Int?
      for index in 0..<count {
        if values[index] != 0 {
          start = start ?? index
        } else if let first = start {
          runs.append(first..<index)
          start = nil
        }
      }
      if let start { runs.append(start..<count) }
      return runs
    }
    for (input, output) in zip(bottom, top) {
      let shape = input.shape
      output.reshape(to: Shape([runs.reduce(0) { $0 + $1.count }] + shape.extents[1...]))
      for copy in copies(shape) { engine.copyBlocks(copy, from: input.data, to: output.data) }
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[selector] { throw noGradient("the selectors (bottom \(selector)) of a Filter have no gradient") }
    for (index, output) in top.enumerated() where propagateDown[index] {
      let input = bottom[index]
      engine.fill(input.diff, count: input.count, with: 0)
      for copy in copies(input.shape) { engine.copyBlocks(copy.reversed, from: output.diff, to: input.diff) }
    }
  }

  /// The copies of the picked records of a bottom, one a run.
  private func copies(_ shape: Shape) -> [BlockCopySpec] {
    let inner = shape.count(from: 1)
    guard inner > 0 else { return [] }
    var offset = 0
    return runs.map { run in
      defer { offset += run.count * inner }
      let length = run.count * inner
      return BlockCopySpec(
        blocks: 1, length: length, sourceOffset: run.lowerBound * inner, sourceStride: length, targetOffset: offset,
        targetStride: length)
    }
  }
}
