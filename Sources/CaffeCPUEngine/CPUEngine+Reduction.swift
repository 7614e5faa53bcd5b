import CKernels
import CaffeCore

extension CPUEngine: ReductionOps {
  /// Σ |x| over the first `count` values.
  public func absoluteSum(_ buffer: Buffer, count: Int) -> Float {
    let x = buffer.hostForReading()
    return sum(count) { caffe_absolute_sum(x + $0, $1) }
  }

  /// Σ x² over the first `count` values.
  public func sumOfSquares(_ buffer: Buffer, count: Int) -> Float {
    let x = buffer.hostForReading()
    return sum(count) { caffe_square_sum(x + $0, $1) }
  }

  /// Σ a·b over the first `count` values.
  public func dot(_ a: Buffer, _ b: Buffer, count: Int) -> Float {
    let x = a.hostForReading()
    let y = b.hostForReading()
    return sum(count) { caffe_dot(x + $0, y + $0, $1) }
  }

  /// The index of the first value that isn't finite, if there is one among the first `count`.
  public func firstNonFinite(_ buffer: Buffer, count: Int) -> Int? {
    guard !workers.rehearses, !buffer.isUntouched else { return nil }
    let x = buffer.hostForReading()
    let size = 1 << 17
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: (count + size - 1) / size) { found in
      workers.split(found.count, bytes: size * 4, multiple: 1) { first, last in
        for part in first..<last {
          found[part] = caffe_first_non_finite(x + part * size, min(size, count - part * size))
        }
      }
      return found.indices.first { found[$0] >= 0 }.map { $0 * size + found[$0] }
    }
  }

  /// Adds up parts of a fixed size, whatever the number of threads, so that all of them give the same sum.
  private func sum(_ count: Int, _ part: (_ first: Int, _ count: Int) -> Double) -> Float {
    guard !workers.rehearses else { return 0 }
    let size = 16384
    let parts = (count + size - 1) / size
    guard parts > 1 else { return Float(part(0, count)) }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: parts) { sums in
      workers.split(parts, bytes: size * 4, multiple: 1) { first, last in
        for i in first..<last {
          sums.initializeElement(at: i, to: part(i * size, min(size, count - i * size)))
        }
      }
      return Float(sums.reduce(0, +))
    }
  }
}
