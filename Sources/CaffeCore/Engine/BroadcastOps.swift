/// Values for each channel, spread over a tensor, and a tensor summed up to values for each channel.
public protocol BroadcastOps {
  /// Computes `output[o, c, i] = scale[c] · input[o, c, i] + shift[c]`; without a scale or a shift as if they were 1 and 0.
  func scaleChannels(_ shape: ChannelSpec, input: Buffer, scale: Buffer?, shift: Buffer?, output: Buffer)

  /// Computes `result[c] = alpha · Σ_{o, i} a[o, c, i] · b[o, c, i] + beta · result[c]`, without `b` as if it were 1.
  ///
  /// `beta` 0 overwrites the result whatever it held.
  func sumChannels(
    _ shape: ChannelSpec, _ a: Buffer, times b: Buffer?, alpha: Float, beta: Float, into result: Buffer)

  /// Computes `output = input / divisor[0]` over `count` values; 0 where the divisor is 0.
  ///
  /// BatchNorm's statistics are sums that one stored number divides.
  func divide(_ input: Buffer, byScalar divisor: Buffer, output: Buffer, count: Int)
}
