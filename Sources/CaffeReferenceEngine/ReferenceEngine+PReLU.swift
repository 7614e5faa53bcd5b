import CaffeCore

extension ReferenceEngine: PReLUOps {
  /// Computes `output = max(x, 0) + slopes[c] · min(x, 0)`.
  public func prelu(_ shape: ChannelSpec, input: Buffer, slopes: Buffer, output: Buffer) {
    let x = input.hostForReading()
    let slope = slopes.hostForReading()
    let y = output.hostForWriting(shape.count)
    shape.forEachValue { i, c in y[i] = x[i] > 0 ? x[i] : slope[c] * x[i] }
  }

  /// Computes `inputGradient = outputGradient` where x > 0, otherwise `slopes[c] · outputGradient`.
  public func preluBackward(
    _ shape: ChannelSpec, input: Buffer, slopes: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    let x = input.hostForReading()
    let slope = slopes.hostForReading()
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(shape.count)
    shape.forEachValue { i, c in dx[i] = x[i] > 0 ? dy[i] : slope[c] * dy[i] }
  }

  /// Adds `Σ outputGradient · min(x, 0)` of each channel to what `slopeGradient` holds.
  public func preluSlopeBackward(_ shape: ChannelSpec, input: Buffer, outputGradient: Buffer, slopeGradient: Buffer) {
    let x = input.hostForReading()
    let dy = outputGradient.hostForReading()
    let target = slopeGradient.hostForUpdating()
    withSums(shape.channels) { sums in
      shape.forEachValue { i, c in if x[i] <= 0 { sums[c] += Double(dy[i]) * Double(x[i]) } }
      for c in 0..<shape.channels { target[c] += Float(sums[c]) }
    }
  }
}
