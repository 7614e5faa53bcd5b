import CaffeCore

extension CPUEngine: HingeLossOps {
  /// Computes `Σ m / outer` (L1) or `Σ m² / outer` (L2) of the margins.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel.
  public func hingeLoss(_ spec: HingeLossSpec, scores: Buffer, labels: Buffer, loss: Buffer) throws {
    let shape = spec.shape
    let x = scores.hostForReading()
    var sum = 0.0
    try shape.forEachLabel(labels.hostForReading()) { start, label in
      for channel in 0..<shape.channels {
        let score = x[start + channel * shape.inner]
        let margin = Double(CPUEngine.margin(channel == label ? -score : score))
        sum += spec.norm == .l1 ? margin : margin * margin
      }
    }
    loss.plainForWriting(1)[0] = Float(sum / Double(max(shape.outer, 1)))
  }

  /// Computes the gradient of the scores.
  public func hingeLossBackward(
    _ spec: HingeLossSpec, scores: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    let factor = lossGradient.hostForReading()[0] / Float(max(shape.outer, 1))
    let x = scores.hostForReading()
    let label = labels.hostForReading()
    let dx = inputGradient.plainForWriting(shape.count)
    workers.split(shape.outer, bytes: shape.channels * shape.inner * 16, multiple: 1) { first, last in
      for i in first * shape.channels * shape.inner..<last * shape.channels * shape.inner {
        let plane = i / shape.inner
        let place = plane / shape.channels * shape.inner + i % shape.inner
        let sign: Float = label[place] == Float(plane % shape.channels) ? -1 : 1
        let margin = CPUEngine.margin(sign * x[i])
        dx[i] = sign * factor * (spec.norm == .l1 ? (margin > 0 ? 1 : 0) : 2 * margin)
      }
    }
  }

  /// NaN for a score that is none: `max` would hide it.
  private static func margin(_ score: Float) -> Float { 1 + score < 0 ? 0 : 1 + score }
}
