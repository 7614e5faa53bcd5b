import CaffeCore
import CaffeNet
import CaffeProto

/// Half the mean squared distance of two batches of vectors.
///
/// loss = 1/(2n) · Σ (a − b)², where n is the extent of the first axis.
///
/// Two bottoms with the same first extent and as many values; one top, a scalar with the loss weight 1.
///
/// No parameters.
///
/// Gradient: da = loss weight / n · (a − b), db = −da.
///
/// Errors: first extents or counts that differ.
///
/// Source: Caffe's EuclideanLoss.
///
/// ```
/// layer {
///   name: "loss"
///   type: "EuclideanLoss"
///   bottom: "a"
///   bottom: "b"
///   top: "loss"
/// }
/// ```
package final class EuclideanLossLayer: Layer {
  package override class var typeName: String { "EuclideanLoss" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...1, fillsTops: true) }

  private let difference = Buffer()

  /// Checks that there is nothing in `loss_param` that this layer can't do.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try parameter.refuseClassWeights()
    try super.init(parameter, context: context)
  }

  package override func defaultLossWeight(of index: Int) -> Float { 1 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try checkSameCounts(bottom)
    difference.resize(to: bottom[0].count)
    top[0].reshape(to: [])
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    let count = bottom[0].count
    engine.weightedSum([bottom[0].data, bottom[1].data], coefficients: [1, -1], output: difference, count: count)
    engine.reduceRows(
      RowReductionSpec(.sumOfSquares, rows: 1, columns: count, coefficient: 1 / (2 * vectors(bottom))),
      input: difference, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    for (index, sign) in [Float(1), -1].enumerated() where propagateDown[index] {
      let (gradient, count) = (bottom[index].diff, bottom[index].count)
      engine.scaleChannels(
        ChannelSpec(outer: 1, channels: 1, inner: count), input: difference, scale: top[0].diff, shift: nil,
        output: gradient)
      engine.axpby(sign / vectors(bottom), gradient, 0, gradient, count: count)
    }
  }

  private func vectors(_ bottom: [Blob]) -> Float { Float(max(1, bottom[0].shape.legacyExtent(0))) }
}
