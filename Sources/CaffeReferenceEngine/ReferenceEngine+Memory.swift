import CaffeCore

extension ReferenceEngine: MemoryOps {
  /// Sets the first `count` values of `buffer` to `value`.
  public func fill(_ buffer: Buffer, count: Int, with value: Float) {
    buffer.hostForWriting(count).update(repeating: value, count: count)
  }

  /// Copies the first `count` values of `source` to `target`.
  public func copy(_ source: Buffer, to target: Buffer, count: Int) {
    guard source !== target else { return }
    let x = source.hostForReading()
    target.hostForWriting(count).update(from: x, count: count)
  }

  /// Copies blocks of values between places at regular distances; the rest of `target` stays.
  public func copyBlocks(_ spec: BlockCopySpec, from source: Buffer, to target: Buffer) {
    let x = source.hostForReading() + spec.sourceOffset
    let y = target.hostForUpdating() + spec.targetOffset
    for block in 0..<spec.blocks {
      (y + block * spec.targetStride).update(from: x + block * spec.sourceStride, count: spec.length)
    }
  }
}
