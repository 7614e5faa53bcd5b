/// Rectifiers whose slopes below zero are learned.
///
/// Source: He et al., "Delving deep into rectifiers", 2015. One slope for all channels is the same with the shape
/// outer × 1 × (channels · inner).
public protocol PReLUOps {
  /// Computes `output = max(x, 0) + slopes[c] · min(x, 0)`.
  func prelu(_ shape: ChannelSpec, input: Buffer, slopes: Buffer, output: Buffer)

  /// Computes `inputGradient = outputGradient` where x > 0, otherwise `slopes[c] · outputGradient`; x is `input`, as it was before
  /// an in-place forward.
  func preluBackward(
    _ shape: ChannelSpec, input: Buffer, slopes: Buffer, outputGradient: Buffer, inputGradient: Buffer)

  /// Adds `Σ_{o, i} outputGradient · min(x, 0)` of each channel to what `slopeGradient` holds.
  func preluSlopeBackward(_ shape: ChannelSpec, input: Buffer, outputGradient: Buffer, slopeGradient: Buffer)
}
