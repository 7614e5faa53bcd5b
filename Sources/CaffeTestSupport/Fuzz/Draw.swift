import Caffe

/// Random draws of one seed: what a fuzz net is made of.
struct Draw {
  private var stream: RandomStream

  init(seed: UInt64) { stream = RandomStream(seed: seed, stream: 0xF0_22) }

  /// True in so many of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool { integer(1...100) <= percent }

  /// A whole number of the range.
  mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &stream) }

  /// One of `choices`, which must not be empty.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[integer(0...choices.count - 1)] }

  /// A number between the bounds, in steps that print well.
  mutating func number(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + Float(integer(0...16)) / 16 * (range.upperBound - range.lowerBound)
  }

  mutating func boolean() -> Bool { chance(50) }

  /// Small extents.
  mutating func extents(_ axes: ClosedRange<Int>) -> [Int] { (0..<integer(axes)).map { _ in integer(1...4) } }

  /// The axis of a shape, counted from either end.
  mutating func axis(of shape: [Int], from first: Int = 0) -> Int {
    let axis = integer(first...max(first, shape.count - 1))
    return boolean() ? axis : axis - shape.count
  }

  /// `existing` if it has so many axes; a shape of small extents where there is none.
  mutating func shape(_ existing: [Int]?, axes: ClosedRange<Int> = 1...5) -> [Int]? {
    guard let existing else { return extents(axes) }
    return axes.contains(existing.count) && !existing.contains(0) ? existing : nil
  }

  /// Images × channels × height × width, as in `shape`; at times as many images as the engine's lanes are wide.
  mutating func images(_ existing: [Int]?) -> [Int]? {
    guard existing == nil else { return shape(existing, axes: 4...4) }
    return [pick([1, 2, 3, 16, 17]), integer(1...4), integer(3...8), integer(3...8)]
  }
}

// MARK: - What nobody should write, but people do

extension Draw {
  /// A whole number at or beyond the edges of what makes sense.
  mutating func oddInteger() -> Int {
    pick([0, -1, 1, 2, 3, 4, -2, -3, 5, 7, 31, 32, 33, 100, 1_000_000, 2_147_483_647, -2_147_483_648, 4_294_967_295])
  }

  /// A number at or beyond the edges of what makes sense, as a prototxt has it.
  mutating func oddNumber() -> String {
    pick([
      "0", "-0", "1", "-1", "0.5", "2", "-2", "1e-30", "1e30", "-1e30", "3.4e38", "1e-45", "1e39", "nan", "inf", "-inf",
      "100"
    ])
  }

  /// A shape that may be anything.
  mutating func oddExtents() -> [Int] {
    switch integer(0...5) {
    case 0: []
    case 1: Array(repeating: 1, count: integer(20...34))
    case 2: extents(1...3) + [pick([0, -1, 2_147_483_647, 3_037_000_500, 9_223_372_036_854_775_807, 65_536])]
    case 3: [pick([0, 65_536, 1_000_000_000])] + extents(1...4)
    default: extents(1...6)
    }
  }
}
