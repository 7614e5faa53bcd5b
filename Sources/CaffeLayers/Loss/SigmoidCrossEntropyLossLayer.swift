import CaffeCore
import CaffeNet
import CaffeProto

/// The cross entropy of independent yes-or-no questions: targets between 0 and 1 against the sigmoid of scores.
///
/// loss = −1/n · Σ (t ln σ(x) + (1 − t) ln(1 − σ(x))).
///
/// Two bottoms, scores and targets, with the same first extent and as many values; one top, a scalar with the loss weight 1.
///
/// `loss_param`:
/// - `ignore_label` (none): a target that counts for nothing, compared with the target's whole part.
/// - `normalization` (BATCH_SIZE): n is the targets that aren't ignored (VALID), all of them (FULL), the first extent
///   (BATCH_SIZE), or 1 (NONE); never less than 1.
/// - `normalize`: the older form: true is VALID, false BATCH_SIZE. `normalization` wins.
///
/// Gradient: dx = loss weight / n · (σ(x) − t), 0 where the target is ignored. Targets have none.
///
/// Errors: first extents or counts that differ; a gradient for targets.
///
/// Source: Caffe's SigmoidCrossEntropyLoss, in its form without overflow.
///
/// ```
/// layer {
///   name: "loss"
///   type: "SigmoidCrossEntropyLoss"
///   bottom: "scores"
///   bottom: "targets"
///   top: "loss"
/// }
/// ```
package final class SigmoidCrossEntropyLossLayer: Layer {
  private struct Spec {
    var ignoredLabel: Int?
    var normalization: SoftmaxLossSpec.Normalization
  }

  package override class var typeName: String { "SigmoidCrossEntropyLoss" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...1, fillsTops: true) }

  private let spec: Spec
  private var geometry = SigmoidCrossEntropySpec(images: 0, length: 0)
  private let normalizer = Buffer(count: 1)

  /// Checks `loss_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try parameter.refuseClassWeights()
    let loss = parameter.lossParam
    spec = Spec(
      ignoredLabel: loss.hasIgnoreLabel ? Int(loss.ignoreLabel) : nil,
      normalization: loss.hasNormalization || loss.hasNormalize ? SoftmaxLossSpec.Normalization(loss) : .batchSize)
    try super.init(parameter, context: context)
  }

  package override func defaultLossWeight(of index: Int) -> Float { 1 }

  package override func allowsForcedBackward(to index: Int) -> Bool { index == 0 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try checkSameCounts(bottom)
    let items = ChannelSpec(itemsOf: bottom[0].shape)
    geometry = SigmoidCrossEntropySpec(
      images: items.outer, length: items.channels, ignoredLabel: spec.ignoredLabel, normalization: spec.normalization)
    top[0].reshape(to: [])
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.sigmoidCrossEntropy(
      geometry, scores: bottom[0].data, targets: bottom[1].data, loss: top[0].data, normalizer: normalizer)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[1] { throw noGradient("the targets (bottom 1) of a SigmoidCrossEntropyLoss have no gradient") }
    guard propagateDown[0] else { return }
    engine.sigmoidCrossEntropyBackward(
      geometry, scores: bottom[0].data, targets: bottom[1].data, lossGradient: top[0].diff, normalizer: normalizer,
      inputGradient: bottom[0].diff)
  }
}
