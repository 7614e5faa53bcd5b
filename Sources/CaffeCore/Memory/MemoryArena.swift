#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A range of addresses in which values that live one after the other take turns.
///
/// The range is large, but a page of it takes memory only once it is written. Where a piece goes depends on nothing but the
/// pieces before it, so a net that computes the same again finds each piece where it was, and takes no memory any more.
/// Not thread-safe: it belongs to nets that compute on one thread.
public final class MemoryArena {
  static let alignment = 64

  /// A stretch that nobody has, in bytes from the start.
  private struct Gap {
    var start: Int
    var end: Int
  }

  private let base: UnsafeMutableRawPointer?
  private let capacity: Int
  /// In the order of their addresses; no two touch.
  private var gaps: [Gap] = []
  /// The bytes that were ever in use, counted from the start.
  public private(set) var peak = 0
  /// The bytes in use.
  public private(set) var used = 0

  /// Reserves addresses for `capacity` bytes; where the system limits them, for a part of what it gives, so that enough are left
  /// for everything else.
  public init(capacity: Int = 1 << 38) {
    var size = capacity
    var reserved = MemoryArena.reserve(size)
    while reserved == nil, size > 1 << 20 {
      size /= 2
      guard let address = MemoryArena.reserve(size) else { continue }
      munmap(address, size)
      size /= 4
      reserved = MemoryArena.reserve(size)
    }
    base = reserved
    self.capacity = reserved == nil ? 0 : size
    gaps.reserveCapacity(64)
    Rehearsal.current?.add(self)
    if self.capacity > 0 { gaps.append(Gap(start: 0, end: self.capacity)) }
  }

  deinit { if let base { munmap(base, capacity) } }

  private static func reserve(_ size: Int) -> UnsafeMutableRawPointer? {
    #if os(Linux)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    let address = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
    return address == MAP_FAILED ? nil : address
  }

  /// Takes the smallest gap that is large enough, of several the first; nothing if there is none.
  func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let size = MemoryArena.rounded(bytes)
    var best: Int?
    for (index, gap) in gaps.enumerated() where gap.end - gap.start >= size {
      if let found = best, gaps[found].end - gaps[found].start <= gap.end - gap.start { continue }
      best = index
    }
    guard let best, let base else { return nil }
    let start = gaps[best].start
    cut(gap: best, start, start + size)
    return base + start
  }

  /// Takes the piece at `address` if it is free.
  func take(_ address: UnsafeMutablePointer<Float>, _ bytes: Int) -> Bool {
    guard let start = offset(of: address) else { return false }
    let end = start + MemoryArena.rounded(bytes)
    let index = firstGap(endingBeyond: start)
    guard index < gaps.count, gaps[index].start <= start, end <= gaps[index].end else { return false }
    cut(gap: index, start, end)
    return true
  }

  /// Takes back a piece.
  func giveBack(_ address: UnsafeMutablePointer<Float>, _ bytes: Int) {
    guard let start = offset(of: address) else { return }
    let end = start + MemoryArena.rounded(bytes)
    used -= end - start
    let index = firstGap(endingBeyond: start)
    let touchesNext = index < gaps.count && gaps[index].start == end
    let touchesPrevious = index > 0 && gaps[index - 1].end == start
    switch (touchesPrevious, touchesNext) {
    case (true, true):
      gaps[index - 1].end = gaps[index].end
      gaps.remove(at: index)
    case (true, false): gaps[index - 1].end = end
    case (false, true): gaps[index].start = start
    case (false, false): gaps.insert(Gap(start: start, end: end), at: index)
    }
  }

  /// Gives the pages back to the system; who has a piece finds zeros in it.
  func discard() {
    if let base { madvise(base, peak, MADV_DONTNEED) }
  }

  private static func rounded(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }

  private func offset(of address: UnsafeMutablePointer<Float>) -> Int? {
    base.map { UnsafeMutableRawPointer(address) - $0 }
  }

  private func firstGap(endingBeyond start: Int) -> Int { gaps.firstIndex { $0.end > start } ?? gaps.count }

  /// Takes `start..<end` out of a gap that has it.
  private func cut(gap index: Int, _ start: Int, _ end: Int) {
    let gap = gaps[index]
    switch (gap.start == start, gap.end == end) {
    case (true, true): gaps.remove(at: index)
    case (true, false): gaps[index].start = end
    case (false, true): gaps[index].end = start
    case (false, false):
      gaps[index].end = start
      gaps.insert(Gap(start: end, end: gap.end), at: index + 1)
    }
    used += end - start
    peak = max(peak, end)
  }
}
