/// Filling and copying.
public protocol MemoryOps {
  /// Sets the first `count` values of `buffer` to `value`.
  func fill(_ buffer: Buffer, count: Int, with value: Float)

  /// Copies the first `count` values of `source` to `target`.
  func copy(_ source: Buffer, to target: Buffer, count: Int)

  /// Copies blocks of values between places at regular distances; the rest of `target` stays.
  func copyBlocks(_ spec: BlockCopySpec, from source: Buffer, to target: Buffer)
}

/// Blocks at regular distances, as concatenation and slicing need them.
public struct BlockCopySpec: Hashable, Sendable {
  /// The number of blocks.
  public var blocks: Int
  /// The number of values in a block.
  public var length: Int
  /// Where the first block begins in the source.
  public var sourceOffset: Int
  /// From the start of one block to that of the next in the source.
  public var sourceStride: Int
  /// Where the first block begins in the target.
  public var targetOffset: Int
  /// From the start of one block to that of the next in the target.
  public var targetStride: Int

  /// Makes a spec; all in numbers of values.
  public init(
    blocks: Int, length: Int, sourceOffset: Int = 0, sourceStride: Int, targetOffset: Int = 0, targetStride: Int
  ) {
    self.blocks = blocks
    self.length = length
    self.sourceOffset = sourceOffset
    self.sourceStride = sourceStride
    self.targetOffset = targetOffset
    self.targetStride = targetStride
  }
}
