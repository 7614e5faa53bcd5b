import CaffeCore

extension RandomStream {
  /// Values spread evenly over a range.
  package mutating func values(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in range.lowerBound + nextUniform() * (range.upperBound - range.lowerBound) }
  }

  /// Values that keep a distance of 0.08 from each other and 0.04 from 0: no step of a gradient check crosses a kink.
  package mutating func separatedValues(_ count: Int) -> [Float] {
    var ranks = Array(0..<count)
    ranks.shuffle(using: &self)
    return ranks.map { (Float($0 - count / 2) + 0.5) * 0.08 }
  }

  /// Whole numbers from -3 to 3: many are equal.
  package mutating func tiedValues(_ count: Int) -> [Float] { integers(count, in: -3...3) }

  /// Whole numbers of a range.
  package mutating func integers(_ count: Int, in range: ClosedRange<Int>) -> [Float] {
    (0..<count).map { _ in Float(Int.random(in: range, using: &self)) }
  }

  /// A buffer of values spread evenly over a range.
  package mutating func buffer(_ count: Int, in range: ClosedRange<Float> = -1...1) -> Buffer {
    Buffer(values(count, in: range))
  }
}

extension Buffer {
  /// A buffer of these values.
  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    set(values)
  }

  /// A buffer full of what isn't a number: an engine that reads it where it should only write is found out.
  package static func dirty(_ count: Int) -> Buffer { Buffer([Float](repeating: .nan, count: count)) }
}
