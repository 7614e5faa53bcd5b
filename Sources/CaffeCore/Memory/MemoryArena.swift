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

  private let base: UnsafeMutableRawPointer?
  private let capacity: Int
  /// What nobody has, in bytes from the start.
  private var free: FreeRanges
  /// The bytes that were ever in use, counted from the start.
  public private(set) var peak = 0
  /// The bytes in use.
  public private(set) var used = 0

  /// Reserves addresses for `capacity` bytes, by default 256 GiB, or 16 TiB in a rehearsal, which is of nets of any size; where
  /// the system limits them, for a part of what it gives, so that enough are left for everything else.
  public init(capacity: Int? = nil) {
    var size = capacity ?? (Rehearsal.current == nil ? 1 << 38 : Rehearsal.capacity)
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
    free = FreeRanges(count: self.capacity)
    Rehearsal.current?.add(self)
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
    guard let base, let start = free.take(size) else { return nil }
    count(start, size)
    return base + start
  }

  /// Takes the piece at `address` if it is free.
  func take(_ address: UnsafeMutablePointer<Float>, _ bytes: Int) -> Bool {
    let size = MemoryArena.rounded(bytes)
    guard let start = offset(of: address), free.take(at: start, size) else { return false }
    count(start, size)
    return true
  }

  /// Takes back a piece.
  func giveBack(_ address: UnsafeMutablePointer<Float>, _ bytes: Int) {
    guard let start = offset(of: address) else { return }
    let size = MemoryArena.rounded(bytes)
    used -= size
    free.giveBack(start, size)
  }

  /// Gives the pages back to the system; who has a piece finds zeros in it.
  func discard() {
    if let base { madvise(base, peak, MADV_DONTNEED) }
  }

  private static func rounded(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }

  private func offset(of address: UnsafeMutablePointer<Float>) -> Int? {
    base.map { UnsafeMutableRawPointer(address) - $0 }
  }

  private func count(_ start: Int, _ size: Int) {
    used += size
    peak = max(peak, start + size)
  }
}
