// The two inner loops that matrix products and convolutions consist of.

/// Computes `sums += factor · row`.
@inline(__always)
func accumulate(
  _ factor: Float, _ row: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Double>, count: Int
) {
  let factor = Double(factor)
  for i in 0..<count { sums[i] += factor * Double(row[i]) }
}

/// Σ a·b, in four sums that needn't wait for each other.
@inline(__always)
func dotProduct(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Double {
  var sums = (0.0, 0.0, 0.0, 0.0)
  var i = 0
  while i + 4 <= count {
    sums.0 += Double(a[i]) * Double(b[i])
    sums.1 += Double(a[i + 1]) * Double(b[i + 1])
    sums.2 += Double(a[i + 2]) * Double(b[i + 2])
    sums.3 += Double(a[i + 3]) * Double(b[i + 3])
    i += 4
  }
  while i < count {
    sums.0 += Double(a[i]) * Double(b[i])
    i += 1
  }
  return (sums.0 + sums.1) + (sums.2 + sums.3)
}

/// Calls `body` with `count` zeros to sum in.
@inline(__always)
func withSums<Result>(_ count: Int, _ body: (UnsafeMutablePointer<Double>) -> Result) -> Result {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: max(count, 1)) { buffer in
    buffer.initialize(repeating: 0)
    guard let sums = buffer.baseAddress else { preconditionFailure("a temporary of \(count) sums has no address") }
    return body(sums)
  }
}
