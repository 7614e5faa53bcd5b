import CaffeCore
import CaffeNet
import CaffeProto

/// Records picked by their numbers: left out, repeated, put in another order.
///
/// y[i] = x[index[i]].
///
/// Bottoms: `n × …`; k indices from 0 to n − 1. Top: `k × …`.
///
/// Gradient: dx[j] = Σ dy[i] over all i with index[i] = j. Indices have none.
///
/// Errors: indices that aren't whole numbers from 0 to n − 1 or have other than one axis; a bottom 0 without axes; a gradient
/// for the indices.
///
/// Source: Caffe's BatchReindex.
///
/// ```
/// layer {
///   name: "picked"
///   type: "BatchReindex"
///   bottom: "x"
///   bottom: "index"
///   top: "y"
/// }
/// ```
package final class BatchReindexLayer: Layer {
  package override class var typeName: String { "BatchReindex" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...1) }

  private var geometry = RowIndexSpec(rows: 0, length: 0, indices: 0)

  package override func allowsForcedBackward(to index: Int) -> Bool { index == 0 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let (shape, indices) = (bottom[0].shape, bottom[1].shape)
    guard shape.axisCount > 0 else {
      throw error(
        .shape, "bottom 0 has the shape \(shape), no axes; expected one or more, the first of them that of the records")
    }
    guard indices.axisCount == 1 else {
      throw error(.shape, "bottom 1 has the shape \(indices); expected one axis, the indices of records of bottom 0")
    }
    geometry = RowIndexSpec(rows: shape[0], length: shape.count(from: 1), indices: indices[0])
    top[0].reshape(to: try Shape(validating: [indices[0]] + shape.extents[1...]))
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    try checkingIndices(ofBottom: 1) {
      try engine.gatherRows(geometry, rows: bottom[0].data, indices: bottom[1].data, output: top[0].data)
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[1] { throw noGradient("the indices (bottom 1) of a BatchReindex have no gradient") }
    guard propagateDown[0] else { return }
    engine.fill(bottom[0].diff, count: bottom[0].count, with: 0)
    try checkingIndices(ofBottom: 1) {
      try engine.scatterAddRows(geometry, values: top[0].diff, indices: bottom[1].data, into: bottom[0].diff)
    }
  }
}
