/// Hinge losses of scores, one class against all others.
public protocol HingeLossOps {
  /// Computes `Σ m / outer` (L1) or `Σ m² / outer` (L2) with the margins m = max(0, 1 − x) for a label's own channel
  /// and max(0, 1 + x) for all others.
  ///
  /// `labels` holds `outer × inner` values, `loss` one.
  /// - Throws: `InvalidLabel` when a label is no index of a channel.
  func hingeLoss(_ spec: HingeLossSpec, scores: Buffer, labels: Buffer, loss: Buffer) throws

  /// Computes the gradient of the scores: `s · lossGradient[0] / outer` where m > 0 (L1), `2 · s · m · lossGradient[0] / outer`
  /// (L2), with s = −1 for a label's own channel and 1 for others.
  func hingeLossBackward(
    _ spec: HingeLossSpec, scores: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer)
}

/// How a hinge loss is computed.
public struct HingeLossSpec: Hashable, Sendable {
  /// What becomes of the margins.
  public enum Norm: Hashable, Sendable {
    /// They are added up.
    case l1
    /// Their squares are.
    case l2
  }

  /// The shape of the scores.
  public var shape: ChannelSpec
  /// What becomes of the margins.
  public var norm: Norm

  /// Makes a spec.
  public init(shape: ChannelSpec, norm: Norm = .l1) {
    self.shape = shape
    self.norm = norm
  }
}
