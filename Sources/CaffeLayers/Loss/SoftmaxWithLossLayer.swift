import CaffeCore
import CaffeNet
import CaffeProto

/// The multinomial logistic loss of a softmax: how surprised scores are by the true classes.
///
/// loss = −1/n · Σ ln p[label], p = softmax(x) over the channels. With class weights w and a smoothing s over C channels the term of a
/// label is −(1 − s) · w[label] · ln p[label] − s/C · Σ_c w[c] · ln p[c].
///
/// Bottoms: scores of any shape; labels, whole numbers from 0 to channels − 1, one for each place outside the channel axis.
/// Tops: the loss, a scalar with the loss weight 1; if wanted, the probabilities, in the shape of the scores.
///
/// `softmax_param.axis` (1): the axis of the channels. `loss_param`:
/// - `ignore_label` (none): a label that counts for nothing.
/// - `normalization` (VALID): n is the labels that aren't ignored (VALID), all of them (FULL), the extents before the channel axis
///   (BATCH_SIZE), or 1 (NONE); never less than 1. With class weights VALID is the sum of the weights of the labels that aren't
///   ignored, or 1 where that is 0; the others are as without.
/// - `class_weight` (1 for all): a factor for each channel, 0 or more. Not in Caffe.
/// - `label_smoothing` (0): the share of the target spread evenly over all channels, s; less than 1. Not in Caffe.
/// - `normalize`: the older form: true is VALID, false BATCH_SIZE. `normalization` wins.
///
/// Gradient: dx[c] = loss weight / n · (p[c] − [c = label]), 0 where the label is ignored; with weights and smoothing
/// loss weight / n · ((1 − s) · w[label] · (p[c] − [c = label]) + s/C · (p[c] · Σ w − w[c])). Labels have none.
///
/// Errors: a number of labels that doesn't fit; a label outside its range, which names the record; a gradient for labels; class
/// weights that are negative or not as many as channels; a smoothing out of range.
///
/// Source: Caffe's SoftmaxWithLoss; Szegedy et al., "Rethinking the Inception architecture", 2016, for the smoothing; weights and
/// smoothing go together as in PyTorch's CrossEntropyLoss. Unlike in Caffe, labels are always checked, and the second top may have a loss weight too
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
    var labelSmoothing: Float
  }

  package override class var typeName: String { "SoftmaxWithLoss" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...2, fillsTops: true) }

  private let spec: Spec
  private var geometry = SoftmaxLossSpec(shape: ChannelSpec(outer: 0, channels: 0, inner: 0))
  private let ownProbabilities = Buffer()
  private let normalizer = Buffer(count: 1)
  /// One for each channel, where they aren't all 1.
  private let classWeights: Buffer?

  /// Checks `softmax_param` and `loss_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let loss = parameter.lossParam
    spec = Spec(
      axis: Int(parameter.softmaxParam.axis), ignoredLabel: loss.hasIgnoreLabel ? Int(loss.ignoreLabel) : nil,
      normalization: SoftmaxLossSpec.Normalization(loss), labelSmoothing: loss.labelSmoothing)
    let weights = loss.classWeight
    guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw CaffeError(.value, "class_weight is \(weights); give 0 or more for each class", layer: parameter.name)
    }
    guard spec.labelSmoothing >= 0, spec.labelSmoothing < 1 else {
      throw CaffeError(
        .value, "label_smoothing is \(spec.labelSmoothing); give 0 or more, and less than 1", layer: parameter.name)
    }
    classWeights = weights.isEmpty ? nil : Buffer(count: weights.count)
    classWeights?.set(weights)
    try super.init(parameter, context: context)
  }

  package override func defaultLossWeight(of index: Int) -> Float { index == 0 ? 1 : 0 }

  package override func allowsForcedBackward(to index: Int) -> Bool { index == 0 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let channels = try ChannelSpec(bottom[0].shape, axis: spec.axis)
    try checkLabels(bottom, channels)
    if let classWeights, classWeights.count != channels.channels {
      throw error(
        .shape,
        "\(classWeights.count) class_weight given, but bottom 0, of shape \(bottom[0].shape), has \(channels.channels) channels; "
          + "give one for each")
    }
    geometry = SoftmaxLossSpec(
      shape: channels, ignoredLabel: spec.ignoredLabel, normalization: spec.normalization,
      labelSmoothing: spec.labelSmoothing)
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
      geometry, probabilities: probabilities(top), labels: bottom[1].data, classWeights: classWeights,
      loss: top[0].data, normalizer: normalizer)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[1] { throw noGradient("the labels (bottom 1) of a SoftmaxWithLoss have no gradient") }
    guard propagateDown[0] else { return }
    engine.softmaxLossBackward(
      geometry, probabilities: probabilities(top), labels: bottom[1].data, classWeights: classWeights,
      lossGradient: top[0].diff, normalizer: normalizer, inputGradient: bottom[0].diff)
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
