/// Random values.
public protocol RandomOps {
  /// Sets each of the first `count` values to `value` with the given probability, otherwise to 0.
  ///
  /// Value i is set when the stream's word `position + i` is below `probability · 2³²`; the stream moves on by `count`
  /// words, rounded up to a multiple of four. So every engine makes the same mask.
  func randomMask(_ buffer: Buffer, count: Int, probability: Double, value: Float, stream: inout RandomStream)
}
