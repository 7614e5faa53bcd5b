/// Losses and scores.
public protocol LossOps {
  /// Computes the multinomial logistic loss of probabilities, `Σ −ln max(p[label], smallest normal float) / normalizer`.
  ///
  /// With class weights w and a label smoothing s, over C channels, the term of a label is
  /// `(1 − s) · w[label] · −ln p[label] + s / C · Σ_c w[c] · −ln p[c]`, each p as above.
  ///
  /// `labels` holds `outer × inner` values; `classWeights` one for each channel, 1 without; `loss` and `normalizer` one each. The normalizer
  /// is what `backward` divides by.
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  func softmaxLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, loss: Buffer,
    normalizer: Buffer) throws

  /// Computes the gradient of the scores that the probabilities came from:
  /// `((1 − s) · w[label] · (p[c] − [c = label]) + s / C · (p[c] · Σ w − w[c])) · lossGradient[0] / normalizer[0]`, 0 where the label
  /// is ignored.
  func softmaxLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer)

  /// Computes the share of labels that are among the `topK` highest scores and, where `perClass` is given, that share for each
  /// class (0 for a class without labels).
  ///
  /// A label counts as found when fewer than `topK` other scores are at least as high as its own, as in Caffe.
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  func accuracy(_ spec: AccuracySpec, scores: Buffer, labels: Buffer, result: Buffer, perClass: Buffer?) throws
}

/// How a softmax loss is computed.
public struct SoftmaxLossSpec: Hashable, Sendable {
  /// What the sum of the losses is divided by: never by less than 1, but by the sum of class weights, where there are some and
  /// it isn't 0, as it is.
  public enum Normalization: Hashable, Sendable {
    /// All labels.
    case full
    /// The labels that aren't ignored, each as often as its class weighs.
    case valid
    /// The extent before the channel axis.
    case batchSize
    /// Nothing.
    case none
  }

  /// The shape of the probabilities.
  public var shape: ChannelSpec
  /// A label that counts for nothing.
  public var ignoredLabel: Int?
  /// What the sum is divided by.
  public var normalization: Normalization
  /// The share of the target that is spread evenly over all channels, s.
  public var labelSmoothing: Float

  /// Makes a spec.
  public init(
    shape: ChannelSpec, ignoredLabel: Int? = nil, normalization: Normalization = .valid, labelSmoothing: Float = 0
  ) {
    self.shape = shape
    self.ignoredLabel = ignoredLabel
    self.normalization = normalization
    self.labelSmoothing = labelSmoothing
  }
}

/// How an accuracy is computed.
public struct AccuracySpec: Hashable, Sendable {
  /// The shape of the scores.
  public var shape: ChannelSpec
  /// How many of the highest scores count.
  public var topK: Int
  /// A label that counts for nothing.
  public var ignoredLabel: Int?

  /// Makes a spec.
  public init(shape: ChannelSpec, topK: Int = 1, ignoredLabel: Int? = nil) {
    self.shape = shape
    self.topK = topK
    self.ignoredLabel = ignoredLabel
  }
}

/// A label that is no index of a class. The layer and the net turn it into an error that names the record.
public struct InvalidLabel: Error, Sendable {
  /// The label's place among the labels.
  public var position: Int
  /// The label.
  public var value: Float
  /// The number of classes.
  public var classes: Int

  /// Makes one.
  public init(position: Int, value: Float, classes: Int) {
    self.position = position
    self.value = value
    self.classes = classes
  }
}
