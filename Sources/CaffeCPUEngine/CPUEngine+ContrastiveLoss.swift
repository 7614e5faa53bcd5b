import CaffeCore

extension CPUEngine: ContrastiveLossOps {
  /// Computes `Σ l / (2 · pairs)`, l by the distance of the pair and whether it is similar.
  public func contrastiveLoss(_ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, loss: Buffer) {
    let (x, y, s) = (a.hostForReading(), b.hostForReading(), similar.hostForReading())
    var sum = 0.0
    for pair in 0..<spec.pairs {
      let distance = squaredDistance(x + pair * spec.length, y + pair * spec.length, spec.length)
      sum += spec.loss(squaredDistance: distance, similar: abs(s[pair]) >= 1)
    }
    loss.plainForWriting(1)[0] = Float(sum / Double(2 * max(spec.pairs, 1)))
  }

  /// Computes the gradients of both sides, each where it is wanted.
  public func contrastiveLossBackward(
    _ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, lossGradient: Buffer, aGradient: Buffer?,
    bGradient: Buffer?
  ) {
    let factor = Double(lossGradient.hostForReading()[0]) / Double(max(spec.pairs, 1))
    let (x, y, s) = (a.hostForReading(), b.hostForReading(), similar.hostForReading())
    let dx = aGradient?.plainForWriting(spec.pairs * spec.length)
    let dy = bGradient?.plainForWriting(spec.pairs * spec.length)
    workers.split(spec.pairs, bytes: spec.length * 16, multiple: 1) { first, last in
      for pair in first..<last {
        let start = pair * spec.length
        let distance = squaredDistance(x + start, y + start, spec.length)
        let slope = Float(factor * spec.slope(squaredDistance: distance, similar: abs(s[pair]) >= 1))
        for i in start..<start + spec.length {
          let gradient = slope * (x[i] - y[i])
          dx?[i] = gradient
          dy?[i] = -gradient
        }
      }
    }
  }

  private func squaredDistance(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count {
      let difference = Double(x[i] - y[i])
      sum += difference * difference
    }
    return sum
  }
}
