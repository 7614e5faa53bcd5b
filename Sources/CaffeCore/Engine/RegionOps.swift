/// Parts of tensors copied, and tensors repeated.
public protocol RegionOps {
  /// Copies a box of values from one tensor to another; the rest of `target` stays.
  func copyRegion(_ spec: RegionSpec, from source: Buffer, to target: Buffer)

  /// Repeats each of the inputs' `outer` blocks of `inner` values `tiles` times.
  func tile(_ spec: TileSpec, input: Buffer, output: Buffer)

  /// Computes the gradient of what was repeated: the sum over its `tiles` repetitions.
  func tileBackward(_ spec: TileSpec, outputGradient: Buffer, inputGradient: Buffer)
}

/// A box in each of two row-major tensors; every list has one entry an axis, and there is at least one axis.
public struct RegionSpec: Hashable, Sendable {
  /// The extents of the box.
  public var extents: [Int]
  /// The extents of the source.
  public var source: [Int]
  /// Where the box begins in the source.
  public var sourceOffset: [Int]
  /// The extents of the target.
  public var target: [Int]
  /// Where the box begins in the target.
  public var targetOffset: [Int]

  /// Makes a spec from values that are known to fit.
  public init(extents: [Int], source: [Int], sourceOffset: [Int], target: [Int], targetOffset: [Int]) {
    self.extents = extents
    self.source = source
    self.sourceOffset = sourceOffset
    self.target = target
    self.targetOffset = targetOffset
  }

  /// The copy back.
  public var reversed: RegionSpec {
    RegionSpec(
      extents: extents, source: target, sourceOffset: targetOffset, target: source, targetOffset: sourceOffset)
  }

  /// The number of rows, runs along the last axis that lie side by side in both tensors.
  package var rows: Int { extents.dropLast().reduce(1, *) }

  /// Where row `row` begins in the source and in the target.
  package func starts(ofRow row: Int) -> (source: Int, target: Int) {
    var rest = row
    let last = extents.count - 1
    var (from, to) = (sourceOffset[last], targetOffset[last])
    var (sourceStride, targetStride) = (source[last], target[last])
    for axis in stride(from: last - 1, through: 0, by: -1) {
      let place = rest % extents[axis]
      rest /= extents[axis]
      from += (place + sourceOffset[axis]) * sourceStride
      to += (place + targetOffset[axis]) * targetStride
      sourceStride *= source[axis]
      targetStride *= target[axis]
    }
    return (from, to)
  }
}

/// Blocks that are repeated: inputs outer × inner, outputs outer × tiles × inner.
public struct TileSpec: Hashable, Sendable {
  /// The blocks.
  public var outer: Int
  /// How often each is repeated.
  public var tiles: Int
  /// The values of a block.
  public var inner: Int

  /// Makes a spec.
  public init(outer: Int, tiles: Int, inner: Int) {
    self.outer = outer
    self.tiles = tiles
    self.inner = inner
  }
}
