/// Uninitialised memory for floats, aligned to cache lines, freed with its owner.
///
/// Where it is large it begins at a large page, and the system is asked for such pages: taking them in costs one fault in place of
/// 512, and going over them as many times fewer look-ups of addresses.
package final class AlignedMemory {
  package let pointer: UnsafeMutablePointer<Float>
  package let count: Int
  private static let alignment = 64
  private static let pageBytes = 2 << 20

  /// Takes memory for `count` floats; their values are undefined.
  package init(count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let isLarge = bytes >= 4 * AlignedMemory.pageBytes
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? AlignedMemory.pageBytes : AlignedMemory.alignment)
    // Whole pages only: the last one may belong to others, too.
    if isLarge { SystemCalls.preferLargePages(raw, bytes / AlignedMemory.pageBytes * AlignedMemory.pageBytes) }
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
