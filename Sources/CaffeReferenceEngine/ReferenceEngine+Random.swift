import CaffeCore

extension ReferenceEngine: RandomOps {
  /// Sets each of the first `count` values to `value` with the given probability, otherwise to 0.
  public func randomMask(
    _ buffer: Buffer, count: Int, probability: Double, value: Float, stream: inout RandomStream
  ) {
    let mask = buffer.hostForWriting(count)
    let end = stream.state.position &+ UInt64((count + 3) / 4 * 4)
    for i in 0..<count { mask[i] = Double(stream.nextWord()) < probability * 0x1p32 ? value : 0 }
    stream.state.position = end
  }
}
