/// Many values to one.
public protocol ReductionOps {
  /// Σ |x| over the first `count` values.
  func absoluteSum(_ buffer: Buffer, count: Int) -> Float
  /// Σ x² over the first `count` values.
  func sumOfSquares(_ buffer: Buffer, count: Int) -> Float
  /// Σ a·b over the first `count` values.
  func dot(_ a: Buffer, _ b: Buffer, count: Int) -> Float
  /// The index of the first value that isn't finite, if there is one among the first `count`.
  func firstNonFinite(_ buffer: Buffer, count: Int) -> Int?
}
