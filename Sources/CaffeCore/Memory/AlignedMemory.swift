/// Uninitialised memory for floats, aligned to cache lines, freed with its owner.
///
/// Where it is large it begins at a large page, and the system is asked for such pages: taking them in costs one fault in place of
/// 512, and going over them as many times fewer look-ups of addresses.
package final class AlignedMemory {
  package let pointer: UnsafeMutablePointer<Float>
  package let count: Int
  private let arena: MemoryArena?
  /// The rehearsal that counts the memory, unless it is of an arena's.
  private let rehearsal: Rehearsal?
  /// Whether the memory is there for show: nobody has values in it.
  package let isRehearsed: Bool
  /// Whether the memory is this one's now; what comes from an arena may be lent to others for a while.
  private var isHeld = true

  /// Takes memory for `count` floats, from `arena` if it has room; their values are undefined.
  package init(count: Int, from arena: MemoryArena? = nil) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let rehearsal = Rehearsal.current
    let lent = arena?.take(bytes)
    let shown = lent == nil ? rehearsal?.memory.take(bytes) : nil
    let raw = lent ?? shown ?? AlignedMemory.allocate(bytes)
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    self.count = count
    self.arena = lent != nil ? arena : shown != nil ? rehearsal?.memory : nil
    self.rehearsal = lent == nil ? rehearsal : nil
    isRehearsed = rehearsal != nil
    self.rehearsal?.take(bytes)
  }

  private static let pageBytes = 2 << 20

  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let isLarge = bytes >= 4 * pageBytes
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? pageBytes : MemoryArena.alignment)
    // Whole pages only: the last one may belong to others, too.
    if isLarge { SystemCalls.preferLargePages(raw, bytes / pageBytes * pageBytes) }
    return raw
  }

  private var bytes: Int { max(count, 1) * MemoryLayout<Float>.stride }

  /// Gives memory of an arena back to it: the values are lost.
  package func park() {
    guard let arena, isHeld else { return }
    isHeld = false
    arena.giveBack(pointer, bytes)
  }

  /// Takes back what was parked, its values undefined.
  ///
  /// - Returns: Whether the memory may be used: not while another one has it.
  package func reclaim() -> Bool {
    guard let arena, !isHeld else { return true }
    isHeld = arena.take(pointer, bytes)
    return isHeld
  }

  deinit {
    rehearsal?.giveBack(bytes)
    if arena == nil { UnsafeMutableRawPointer(pointer).deallocate() } else { park() }
  }
}
