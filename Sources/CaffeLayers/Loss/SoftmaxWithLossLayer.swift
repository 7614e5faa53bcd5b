import CaffeCore
import CaffeNet
import CaffeProto

/// The multinomial logistic loss of a softmax: how surprised scores are by the true classes.
///
/// loss = −1/n · Σ ln p[label], p = softmax(x) over the channels.
///
/// Bottoms: scores of any shape; labels, whole numbers from 0 to channels − 1, one for each place outside the channel axis.
/// Tops: the loss, a scalar with the loss weight 1; if wanted, the probabilities, in the shape of the scores.
///
/// `softmax_param.axis` (1): the axis of the channels. `loss_param`:
/// - `ignore_label` (none): a label that counts for nothing.
/// - `normalization` (VALID): n is the labels that aren't ignored (VALID), all of them (FULL), the extents before the channel axis
///   (BATCH_SIZE), or 1 (NONE); never less than 1.
/// - `normalize`: the older form: true is VALID, false BATCH_SIZE. `normalization` wins.
///
/// Gradient: dx = loss weight / n · (p − [channel = label]), 0 where the label is ignored. Labels have none.
///
/// Errors: a number of labels that doesn't fit; a label outside its range, which names the record; a gradient for labels.
///
/// Source: Caffe's SoftmaxWithLoss. Unlike there, labels are always checked, and the second top may have a loss weight too
/// (probabilities add up to 1, so it changes no gradient).
///
/// ```
/// layer {
///   name: "loss"
///   type: "SoftmaxWithLoss"
///   bottom: "scores"
///   bottom: "label"
///   top: "loss"
/// }
/// ```
package final class SoftmaxWithLossLayer: Layer {
  private struct Spec {
    var axis: Int
    var ignoredLabel: Int?
    var normalization: SoftmaxLossSpec.Normalization
  }

  package override class var typeName: String { "SoftmaxWithLoss" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...2, fillsTops: true) }

  private let spec: Spec
  private var geometry = SoftmaxLossSpec(shape: ChannelSpec(outer: 0, channels: 0, inner: 0))
  private let ownProbabilities = Buffer()
  private let normalizer = Buffer(count: 1)

  /// Checks `softmax_param` and `loss_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let loss = parameter.lossParam
    spec = Spec(
      axis: Int(parameter.softmaxParam.axis), ignoredLabel: loss.hasIgnoreLabel ? Int(loss.ignoreLabel) : nil,
      normalization: SoftmaxLossSpec.Normalization(loss))
    try super.init(parameter, context: context)
  }

  package override func defaultLossWeight(of index: Int) -> Float { index == 0 ? 1 : 0 }

  package override func allowsForcedBackward(to index: Int) -> Bool { index == 0 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let channels = try ChannelSpec(bottom[0].shape, axis: spec.axis)
    try checkLabels(bottom, channels)
    geometry = SoftmaxLossSpec(
      shape: channels, ignoredLabel: spec.ignoredLabel, normalization: spec.normalization)
    top[0].reshape(to: [])
    if top.count > 1 {
      top[1].reshape(to: bottom[0].shape)
    } else {
      ownProbabilities.resize(to: channels.count)
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.softmax(geometry.shape, input: bottom[0].data, output: probabilities(top))
    try engine.softmaxLoss(
      geometry, probabilities: probabilities(top), labels: bottom[1].data, loss: top[0].data, normalizer: normalizer)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[1] { throw noGradient("the labels (bottom 1) of a SoftmaxWithLoss have no gradient") }
    guard propagateDown[0] else { return }
    engine.softmaxLossBackward(
      geometry, probabilities: probabilities(top), labels: bottom[1].data, lossGradient: top[0].diff,
      normalizer: normalizer, inputGradient: bottom[0].diff)
  }

  private func probabilities(_ top: [Blob]) -> Buffer { top.count > 1 ? top[1].data : ownProbabilities }
}

extension SoftmaxLossSpec.Normalization {
  /// What `loss_param` says, the older `normalize` where the newer field isn't given.
  init(_ message: LossParameter) {
    guard message.hasNormalization || !message.hasNormalize else {
      self = message.normalize ? .valid : .batchSize
      return
    }
    switch message.normalization {
    case .full: self = .full
    case .valid: self = .valid
    case .batchSize: self = .batchSize
    case .none: self = .none
    }
  }
}
