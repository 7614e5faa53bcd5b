import CaffeCore
import CaffeNet
import CaffeProto

/// The multinomial logistic loss of probabilities that the net has already made. SoftmaxWithLoss is the better choice for
/// scores: its gradient stays exact where probabilities are tiny.
///
/// loss = −1/n · Σ ln max(p[label], 1e-20), n the first extent.
///
/// Bottoms: probabilities, n × K, where all axes after the first count as one; n labels, whole numbers from 0 to K − 1.
/// Top: the loss, a scalar with the loss weight 1.
///
/// No parameters.
///
/// Gradient: dp = −loss weight / (n · max(p, 1e-20)) at the label, 0 elsewhere. Labels have none.
///
/// Errors: a number of labels that doesn't fit; a label outside its range, which names the record; a gradient for labels.
///
/// Source: Caffe's MultinomialLogisticLoss. Unlike there, labels are always checked.
///
/// ```
/// layer {
///   name: "loss"
///   type: "MultinomialLogisticLoss"
///   bottom: "probabilities"
///   bottom: "label"
///   top: "loss"
/// }
/// ```
package final class MultinomialLogisticLossLayer: Layer {
  package override class var typeName: String { "MultinomialLogisticLoss" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...1, fillsTops: true) }

  private var items = ChannelSpec(outer: 0, channels: 0, inner: 0)

  /// Checks that there is nothing in `loss_param` that this layer can't do.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try parameter.refuseClassWeights()
    try super.init(parameter, context: context)
  }

  package override func defaultLossWeight(of index: Int) -> Float { 1 }

  package override func allowsForcedBackward(to index: Int) -> Bool { index == 0 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    items = ChannelSpec(itemsOf: bottom[0].shape)
    try checkLabels(bottom, items)
    top[0].reshape(to: [])
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    try engine.multinomialLoss(items, probabilities: bottom[0].data, labels: bottom[1].data, loss: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[1] { throw noGradient("the labels (bottom 1) of a MultinomialLogisticLoss have no gradient") }
    guard propagateDown[0] else { return }
    engine.multinomialLossBackward(
      items, probabilities: bottom[0].data, labels: bottom[1].data, lossGradient: top[0].diff,
      inputGradient: bottom[0].diff)
  }
}
