/// Float values that may be held in several forms at once, of which at least one is the newest.
///
/// A user sees plain row-major values in host memory. An engine may keep a replica of its own: a blocked layout, a
/// device's memory. Reading in one form converts only when that form is stale, so a chain of layers
/// on one engine never pays for a form that nobody reads. Memory is taken at the first access; a buffer that nobody has written
/// reads as zeros. Not thread-safe: one thread at a time.
public final class Buffer {
  private enum Newest { case nothing, host, replica, both }

  /// The number of values.
  public private(set) var count: Int
  /// Grows with every access that may write; a cache of something made from the values compares it.
  public private(set) var version: UInt64 = 0

  private var host: AlignedMemory?
  private var replica: (any BufferReplica)?
  private var newest = Newest.nothing
  /// Sets the values at the first access, if nobody has set others before.
  private var pending: ((Buffer) -> Void)?
  /// Whether a data layer sets the values time and again, so that an engine may copy the next ones while it computes with these.
  package var isFed = false
  /// Where memory for values that aren't always needed comes from.
  package private(set) var arena: MemoryArena?

  /// Makes a buffer of `count` zeros, taking no memory yet.
  public init(count: Int = 0) { self.count = count }

  /// Changes the number of values. Memory is kept when it suffices, and what the values then are is undefined.
  public func resize(to count: Int) {
    guard count != self.count else { return }
    self.count = count
    version += 1
    pending = nil
    if let host, host.count >= count {
      newest = newest == .nothing ? .nothing : .host
    } else {
      host = nil
      newest = .nothing
    }
    replica = nil
  }
}

/// An engine's own form of a buffer's values.
public protocol BufferReplica: AnyObject {
  /// Writes the values, row-major, to `target`, which has room for all of them.
  func store(to target: UnsafeMutableBufferPointer<Float>)

  /// Lends the memory to others until `reclaim`, if it is from an arena: the values are lost.
  func park()

  /// Whether the memory can be used again.
  func reclaim() -> Bool

  /// In a few words, how the values of an array of this shape lie; `nil` where there is nothing to tell.
  func layout(of shape: Shape) -> String?
}

extension BufferReplica {
  /// Keeps the memory.
  public func park() {}

  /// Says yes: the memory was kept.
  public func reclaim() -> Bool { true }

  /// Tells nothing.
  public func layout(of shape: Shape) -> String? { nil }
}

// MARK: - Plain values, safely

extension Buffer {
  /// Calls `body` with the values, row-major.
  public func read<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    try body(UnsafeBufferPointer(start: hostForReading(), count: count).span)
  }

  /// Calls `body` with the values, row-major, to change some of them.
  public func update<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
    var span = UnsafeMutableBufferPointer(start: hostForUpdating(), count: count).mutableSpan
    return try body(&span)
  }

  /// Calls `body` with room for the values, all of which it must set: what they were is undefined.
  public func overwrite<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
    var span = UnsafeMutableBufferPointer(start: hostForOverwriting(), count: count).mutableSpan
    return try body(&span)
  }

  /// A copy of the values, row-major.
  public var values: [Float] { Array(UnsafeBufferPointer(start: hostForReading(), count: count)) }

  /// The value at `index`.
  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count, "index \(index) of \(count) values")
      return hostForReading()[index]
    }
    set {
      precondition(index >= 0 && index < count, "index \(index) of \(count) values")
      hostForUpdating()[index] = newValue
    }
  }

  /// Sets all values; there must be `count` of them.
  public func set(_ values: [Float]) {
    precondition(values.count == count, "\(values.count) values for a buffer of \(count)")
    hostForOverwriting().update(from: values, count: count)
  }
}

// MARK: - Exchange

extension Buffer {
  /// Exchanges the values with those of a batch of the same size; others will follow.
  package func feed(from batch: Buffer) {
    isFed = true
    exchangeValues(with: batch)
  }

  /// Exchanges the values of two buffers of one size, without copying any.
  package func exchangeValues(with other: Buffer) {
    precondition(count == other.count, "\(other.count) values for a buffer of \(count)")
    swap(&host, &other.host)
    swap(&newest, &other.newest)
    if newest == .replica || other.newest == .replica {
      swap(&replica, &other.replica)
    } else {
      // An engine's memory stays where the engine will want it again.
      if newest == .both { newest = .host }
      if other.newest == .both { other.newest = .host }
    }
    // Neither may look to a cache as it did before.
    let next = max(version, other.version) + 1
    version = next
    other.version = next
  }
}

extension Buffer {
  /// Hands the values over to `other`, if they are in an engine's form, and takes what the other had as room: nothing is copied, and
  /// plain memory, which somebody may be looking at, stays where it is. What the values here then are is undefined.
  ///
  /// - Returns: Whether it did.
  package func handOver(to other: Buffer) -> Bool {
    guard count == other.count, currentReplica != nil else { return false }
    swap(&replica, &other.replica)
    other.newest = .replica
    newest = .nothing
    for buffer in [self, other] {
      buffer.pending = nil
      buffer.version += 1
    }
    return true
  }
}

// MARK: - Memory that is shared

extension Buffer {
  /// Has memory taken from `arena` from now on, where none is taken yet.
  package func takeMemory(from arena: MemoryArena) {
    self.arena = arena
    guard newest == .nothing else { return }
    host = nil
    replica = nil
  }

  /// Says that nobody needs the values any more: others of the arena may have the memory. Who reads them all the same reads zeros.
  package func release() {
    guard arena != nil else { return }
    newest = .nothing
    pending = nil
    version += 1
    host?.park()
    replica?.park()
  }
}

// MARK: - For engines

extension Buffer {
  /// Makes all values zero, without touching memory before somebody asks for them.
  package func setZeros() {
    newest = .nothing
    pending = nil
    version += 1
  }

  /// The plain values for reading, valid until the next access of another kind.
  package func hostForReading() -> UnsafePointer<Float> { UnsafePointer(currentHost()) }

  /// The plain values for reading and writing; other forms become stale.
  package func hostForUpdating() -> UnsafeMutablePointer<Float> {
    let pointer = currentHost()
    newest = .host
    version += 1
    return pointer
  }

  /// The memory of the plain values, for reading and writing as long as it is kept; other forms become stale.
  package func hostMemoryForUpdating() -> AlignedMemory {
    _ = hostForUpdating()
    return hostMemory()
  }

  /// Whether the plain values are in `memory`: after a change of size they may have moved.
  package func isHeld(in memory: AlignedMemory) -> Bool { host === memory }

  /// Room for plain values, all of which the caller sets; other forms become stale.
  package func hostForOverwriting() -> UnsafeMutablePointer<Float> {
    pending = nil
    newest = .host
    version += 1
    return hostMemory().pointer
  }

  /// Has `body` set all values at the first access: memory and time are only taken for values that are used, not for
  /// first weights in whose place others are loaded or shared.
  package func fillLater(_ body: @escaping (Buffer) -> Void) {
    newest = .nothing
    version += 1
    pending = body
  }

  /// Sets the values that were to be set at the first access.
  package func fillNow() {
    guard let fill = pending else { return }
    pending = nil
    if Rehearsal.current == nil { fill(self) }
  }

  /// The engine's form, if it is up to date.
  package var currentReplica: (any BufferReplica)? {
    newest == .replica || newest == .both ? replica : nil
  }

  /// The engine's form, up to date or not: its memory can be used again.
  package var storedReplica: (any BufferReplica)? { replica?.reclaim() == true ? replica : nil }

  /// Whether plain values are up to date, so that reading them converts nothing.
  package var isPlainCurrent: Bool { newest == .host || newest == .both }

  /// Whether nobody has written the values, so that all are zero.
  package var isUntouched: Bool { newest == .nothing && pending == nil }

  /// Says that `replica` was made from the newest values and agrees with them.
  package func attach(_ replica: any BufferReplica) {
    self.replica = replica
    switch newest {
    case .host, .both: newest = .both
    case .nothing, .replica: newest = .replica
    }
  }

  /// Says that `replica` now holds the newest values; plain ones become stale.
  package func replaceValues(with replica: any BufferReplica) {
    self.replica = replica
    pending = nil
    newest = .replica
    version += 1
  }

  /// The bytes that plain values take.
  package var hostByteCount: Int { (host?.count ?? 0) * MemoryLayout<Float>.stride }

  private func hostMemory() -> AlignedMemory {
    if let host, host.reclaim() { return host }
    let memory = AlignedMemory(count: count, from: arena)
    host = memory
    return memory
  }

  private func currentHost() -> UnsafeMutablePointer<Float> {
    fillNow()
    let memory = hostMemory()
    switch newest {
    case .host, .both: break
    case .nothing:
      if !memory.isRehearsed { memory.pointer.update(repeating: 0, count: count) }
      newest = .host
    case .replica:
      replica?.store(to: UnsafeMutableBufferPointer(start: memory.pointer, count: count))
      newest = .both
    }
    return memory.pointer
  }
}
