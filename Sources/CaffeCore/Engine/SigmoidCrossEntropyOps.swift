/// Cross entropy of targets between 0 and 1 and the sigmoid of scores.
public protocol SigmoidCrossEntropyOps {
  /// Computes `Σ (max(x, 0) − x · t + ln(1 + e^−|x|)) / normalizer` over the targets that aren't ignored.
  ///
  /// This is −t ln σ(x) − (1 − t) ln(1 − σ(x)), without overflow. `targets` has as many values as the scores; `loss`
  /// and `normalizer` one each. The normalizer is what `backward` divides by.
  func sigmoidCrossEntropy(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, loss: Buffer, normalizer: Buffer)

  /// Computes `inputGradient = (σ(x) − t) · lossGradient[0] / normalizer[0]`, 0 where the target is ignored.
  func sigmoidCrossEntropyBackward(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, lossGradient: Buffer, normalizer: Buffer,
    inputGradient: Buffer)
}

/// How a sigmoid cross entropy is computed.
public struct SigmoidCrossEntropySpec: Hashable, Sendable {
  /// Images in the batch.
  public var images: Int
  /// Scores of an image.
  public var length: Int
  /// A target that counts for nothing; compared with the target's whole part, as in Caffe.
  public var ignoredLabel: Int?
  /// What the sum is divided by: `full` is all scores, `valid` those with targets that count, `batchSize` the images.
  public var normalization: SoftmaxLossSpec.Normalization

  /// Makes a spec.
  public init(
    images: Int, length: Int, ignoredLabel: Int? = nil, normalization: SoftmaxLossSpec.Normalization = .batchSize
  ) {
    self.images = images
    self.length = length
    self.ignoredLabel = ignoredLabel
    self.normalization = normalization
  }

  /// All scores.
  public var count: Int { images * length }

  /// What the sum is divided by when so many targets count.
  package func divisor(valid: Int) -> Double { normalization.divisor(all: count, valid: valid, images: images) }
}
