/// Uninitialised memory for floats, aligned to cache lines, freed with its owner.
package final class AlignedMemory {
  package let pointer: UnsafeMutablePointer<Float>
  package let count: Int
  private static let alignment = 64

  /// Takes memory for `count` floats; their values are undefined.
  package init(count: Int) {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: AlignedMemory.alignment)
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
