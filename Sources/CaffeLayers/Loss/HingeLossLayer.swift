import CaffeCore
import CaffeNet
import CaffeProto

/// The hinge loss of scores, each class against all others: what a linear support vector machine minimises.
///
/// loss = 1/n · Σ max(0, 1 − s·x) (L1) or 1/n · Σ max(0, 1 − s·x)² (L2), with s = 1 for the label's own score, otherwise −1, and n
/// the first extent.
///
/// Bottoms: scores, n × K, where all axes after the first count as one; n labels, whole numbers from 0 to K − 1.
/// Top: the loss, a scalar with the loss weight 1.
///
/// `hinge_loss_param`:
/// - `norm` (L1): L1 or L2.
///
/// Gradient: dx = −s · loss weight / n where the margin is missed (L1), times twice what is missing (L2). Labels have none.
///
/// Errors: a number of labels that doesn't fit; a label outside its range, which names the record; a gradient for labels.
///
/// Source: Caffe's HingeLoss. Unlike there, labels are always checked.
///
/// ```
/// layer {
///   name: "loss"
///   type: "HingeLoss"
///   bottom: "scores"
///   bottom: "label"
///   top: "loss"
///   hinge_loss_param { norm: L2 }
/// }
/// ```
package final class HingeLossLayer: Layer {
  package override class var typeName: String { "HingeLoss" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...1, fillsTops: true) }

  private let norm: HingeLossSpec.Norm
  private var geometry = HingeLossSpec(shape: ChannelSpec(outer: 0, channels: 0, inner: 0))

  /// Checks `hinge_loss_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try parameter.refuseClassWeights()
    norm = parameter.hingeLossParam.norm == .l2 ? .l2 : .l1
    try super.init(parameter, context: context)
  }

  package override func defaultLossWeight(of index: Int) -> Float { 1 }

  package override func allowsForcedBackward(to index: Int) -> Bool { index == 0 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let items = ChannelSpec(itemsOf: bottom[0].shape)
    try checkLabels(bottom, items)
    geometry = HingeLossSpec(shape: items, norm: norm)
    top[0].reshape(to: [])
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    try engine.hingeLoss(geometry, scores: bottom[0].data, labels: bottom[1].data, loss: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[1] { throw noGradient("the labels (bottom 1) of a HingeLoss have no gradient") }
    guard propagateDown[0] else { return }
    engine.hingeLossBackward(
      geometry, scores: bottom[0].data, labels: bottom[1].data, lossGradient: top[0].diff,
      inputGradient: bottom[0].diff)
  }
}
