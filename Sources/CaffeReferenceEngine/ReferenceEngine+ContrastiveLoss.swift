import CaffeCore

extension ReferenceEngine: ContrastiveLossOps {
  /// Computes `Σ l / (2 · pairs)`, l by the distance of the pair and whether it is similar.
  public func contrastiveLoss(_ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, loss: Buffer) {
    let (x, y, s) = (a.hostForReading(), b.hostForReading(), similar.hostForReading())
    var sum = 0.0
    for pair in 0..<spec.pairs {
      sum += spec.loss(squaredDistance: squaredDistance(spec, x, y, pair), similar: abs(s[pair]) >= 1)
    }
    loss.hostForUpdating()[0] = Float(sum / Double(2 * max(spec.pairs, 1)))
  }

  /// Computes the gradients of both sides, each where it is wanted.
  public func contrastiveLossBackward(
    _ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, lossGradient: Buffer, aGradient: Buffer?,
    bGradient: Buffer?
  ) {
    let factor = Double(lossGradient[0]) / Double(max(spec.pairs, 1))
    let (x, y, s) = (a.hostForReading(), b.hostForReading(), similar.hostForReading())
    let dx = aGradient?.hostForWriting(spec.pairs * spec.length)
    let dy = bGradient?.hostForWriting(spec.pairs * spec.length)
    for pair in 0..<spec.pairs {
      let slope = spec.slope(squaredDistance: squaredDistance(spec, x, y, pair), similar: abs(s[pair]) >= 1)
      for i in pair * spec.length..<(pair + 1) * spec.length {
        let gradient = Float(factor * slope * (Double(x[i]) - Double(y[i])))
        dx?[i] = gradient
        dy?[i] = -gradient
      }
    }
  }

  private func squaredDistance(
    _ spec: ContrastiveLossSpec, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ pair: Int
  ) -> Double {
    (pair * spec.length..<(pair + 1) * spec.length).reduce(0.0) { sum, i in
      let difference = Double(x[i]) - Double(y[i])
      return sum + difference * difference
    }
  }
}
