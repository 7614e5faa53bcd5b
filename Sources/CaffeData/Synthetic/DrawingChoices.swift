import CaffeCore

/// Random choices made of integers and the four operations only, so that every machine draws the same.
struct DrawingChoices {
  private var stream: RandomStream

  init(seed: UInt64, stream: UInt64) { self.stream = RandomStream(seed: seed, stream: stream) }

  /// One of `0..<count`.
  mutating func pick(_ count: Int) -> Int { Int((UInt64(stream.nextWord()) * UInt64(count)) >> 32) }

  mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * stream.nextUniform() }

  /// About normal, of deviation 1: four uniform numbers.
  mutating func bell() -> Float {
    let sum = stream.nextUniform() + stream.nextUniform() + stream.nextUniform() + stream.nextUniform()
    return (sum - 2) * 1.732_050_8
  }

  mutating func bellPoint() -> SIMD2<Float> {
    let x = bell()
    return SIMD2(x, bell())
  }
}
