import CaffeCore

extension ReferenceEngine: ReductionOps {
  /// Σ |x| over the first `count` values.
  public func absoluteSum(_ buffer: Buffer, count: Int) -> Float {
    let x = buffer.hostForReading()
    var sum = 0.0
    for i in 0..<count { sum += Double(abs(x[i])) }
    return Float(sum)
  }

  /// Σ x² over the first `count` values.
  public func sumOfSquares(_ buffer: Buffer, count: Int) -> Float { dot(buffer, buffer, count: count) }

  /// Σ a·b over the first `count` values.
  public func dot(_ a: Buffer, _ b: Buffer, count: Int) -> Float {
    Float(dotProduct(a.hostForReading(), b.hostForReading(), count: count))
  }

  /// The index of the first value that isn't finite, if there is one among the first `count`.
  public func firstNonFinite(_ buffer: Buffer, count: Int) -> Int? {
    let x = buffer.hostForReading()
    return (0..<count).first { !x[$0].isFinite }
  }
}
