import CaffeCore

extension ReferenceEngine: HingeLossOps {
  /// Computes `Σ m / outer` (L1) or `Σ m² / outer` (L2) of the margins.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel.
  public func hingeLoss(_ spec: HingeLossSpec, scores: Buffer, labels: Buffer, loss: Buffer) throws {
    let shape = spec.shape
    let x = scores.hostForReading()
    var sum = 0.0
    try shape.forEachLabel(labels.hostForReading()) { start, label in
      for channel in 0..<shape.channels {
        let margin = margin(x[start + channel * shape.inner], isOwn: channel == label)
        sum += spec.norm == .l1 ? margin : margin * margin
      }
    }
    loss.hostForUpdating()[0] = Float(sum / Double(max(shape.outer, 1)))
  }

  /// Computes the gradient of the scores.
  public func hingeLossBackward(
    _ spec: HingeLossSpec, scores: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    let factor = Double(lossGradient[0]) / Double(max(shape.outer, 1))
    let x = scores.hostForReading()
    let label = labels.hostForReading()
    let dx = inputGradient.hostForWriting(shape.count)
    for place in 0..<shape.outer * shape.inner {
      let (outer, inner) = place.quotientAndRemainder(dividingBy: shape.inner)
      for channel in 0..<shape.channels {
        let i = (outer * shape.channels + channel) * shape.inner + inner
        let isOwn = Float(channel) == label[place]
        let margin = margin(x[i], isOwn: isOwn)
        let slope: Double = spec.norm == .l1 ? (margin > 0 ? 1 : 0) : 2 * margin
        dx[i] = Float((isOwn ? -slope : slope) * factor)
      }
    }
  }

  /// NaN for a score that is none: `max` would hide it.
  private func margin(_ score: Float, isOwn: Bool) -> Double {
    let margin = 1 + (isOwn ? -Double(score) : Double(score))
    return margin < 0 ? 0 : margin
  }
}
