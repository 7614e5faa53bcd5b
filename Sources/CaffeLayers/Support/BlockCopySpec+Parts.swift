import CaffeCore

extension BlockCopySpec {
  /// The copies that take `whole` apart along `axis` into parts of these extents.
  static func parts(of whole: Shape, axis: Int, extents: [Int]) -> [BlockCopySpec] {
    let inner = whole.count(from: axis + 1)
    var offset = 0
    return extents.map { extent in
      defer { offset += extent * inner }
      return BlockCopySpec(
        blocks: whole.count(from: 0, to: axis), length: extent * inner, sourceOffset: offset,
        sourceStride: whole[axis] * inner, targetStride: extent * inner)
    }
  }

  /// The copy back.
  var reversed: BlockCopySpec {
    BlockCopySpec(
      blocks: blocks, length: length, sourceOffset: targetOffset, sourceStride: targetStride,
      targetOffset: sourceOffset, targetStride: sourceStride)
  }
}
