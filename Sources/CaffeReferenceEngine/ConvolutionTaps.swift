import CaffeCore

/// Which value of an input channel each tap of a kernel meets at each output position.
struct ConvolutionTaps {
  /// Values of the kernel in one channel.
  let count: Int
  /// Output positions of one channel.
  let positions: Int
  /// For every tap, for every position, the value's index, or -1 where the tap meets padding.
  private var indices: [Int] = []

  init(_ spec: ConvolutionSpec) {
    let output = spec.output
    count = spec.kernel.reduce(1, *)
    positions = output.reduce(1, *)
    indices.reserveCapacity(count * positions)
    guard positions > 0 else { return }
    var tap = Odometer(spec.kernel)
    for _ in 0..<count {
      var position = Odometer(output)
      for _ in 0..<positions {
        indices.append(ConvolutionTaps.index(spec, tap: tap.digits, position: position.digits))
        position.advance()
      }
      tap.advance()
    }
  }

  private static func index(_ spec: ConvolutionSpec, tap: [Int], position: [Int]) -> Int {
    var index = 0
    for axis in spec.input.indices {
      let place = position[axis] * spec.stride[axis] - spec.padding[axis] + tap[axis] * spec.dilation[axis]
      guard place >= 0, place < spec.input[axis] else { return -1 }
      index = index * spec.input[axis] + place
    }
    return index
  }

  /// Writes what `tap` meets in `plane` to `row`, position by position.
  func gather(_ plane: UnsafePointer<Float>, tap: Int, into row: UnsafeMutablePointer<Float>) {
    indices.withUnsafeBufferPointer { indices in
      for position in 0..<positions {
        let index = indices[tap * positions + position]
        row[position] = index < 0 ? 0 : plane[index]
      }
    }
  }

  /// Adds each position's sum to the value that `tap` meets there.
  func scatter(_ sums: UnsafePointer<Double>, tap: Int, into plane: UnsafeMutablePointer<Double>) {
    indices.withUnsafeBufferPointer { indices in
      for position in 0..<positions {
        let index = indices[tap * positions + position]
        if index >= 0 { plane[index] += sums[position] }
      }
    }
  }
}

/// Counts through all indices of an array, the last axis fastest.
private struct Odometer {
  private(set) var digits: [Int]
  private let extents: [Int]

  init(_ extents: [Int]) {
    self.extents = extents
    digits = extents.map { _ in 0 }
  }

  mutating func advance() {
    for axis in extents.indices.reversed() {
      digits[axis] += 1
      if digits[axis] < extents[axis] { return }
      digits[axis] = 0
    }
  }
}
