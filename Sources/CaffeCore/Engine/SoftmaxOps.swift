/// Softmax.
public protocol SoftmaxOps {
  /// Computes `y = eˣ / Σ eˣ` over the channels, the largest x subtracted first.
  func softmax(_ spec: ChannelSpec, input: Buffer, output: Buffer)
  /// Computes `inputGradient = (outputGradient − Σ outputGradient · output) · output` over the channels.
  func softmaxBackward(_ spec: ChannelSpec, output: Buffer, outputGradient: Buffer, inputGradient: Buffer)
}

/// A tensor seen as `outer × channels × inner`, row-major.
public struct ChannelSpec: Hashable, Sendable {
  /// The values before the channel axis.
  public var outer: Int
  /// The channels.
  public var channels: Int
  /// The values after the channel axis.
  public var inner: Int

  /// Makes a spec.
  public init(outer: Int, channels: Int, inner: Int) {
    self.outer = outer
    self.channels = channels
    self.inner = inner
  }

  /// All values.
  public var count: Int { outer * channels * inner }
}
