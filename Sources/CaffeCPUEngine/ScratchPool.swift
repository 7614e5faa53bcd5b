import CaffeCore
import Foundation

/// Memory for the length of an operation, lent to one after the other: what plans need for a while they share.
///
/// Threads may use it at once; each gets memory of its own.
final class ScratchPool: @unchecked Sendable {
  private let lock = NSLock()
  /// What nobody has now.
  private var free: [AlignedMemory] = []

  /// The smallest that is large enough; where none is, the largest gives way to a new one.
  fileprivate func take(_ count: Int) -> AlignedMemory {
    lock.lock()
    defer { lock.unlock() }
    var best: Int?
    for index in free.indices {
      let (found, wanted) = (free[index].count, best.map { free[$0].count } ?? 0)
      if best == nil || (found >= count ? wanted < count || found < wanted : found > wanted) { best = index }
    }
    if let best, free[best].count >= count { return free.remove(at: best) }
    // The old memory goes before the new one comes.
    if let best { free.remove(at: best) }
    return AlignedMemory(count: count)
  }

  fileprivate func giveBack(_ memory: AlignedMemory) {
    lock.lock()
    free.append(memory)
    lock.unlock()
  }
}

extension Workers {
  /// Calls `body` with room for `count` floats, whose values are undefined.
  func withRoom<Result>(
    for count: Int, _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) rethrows -> Result {
    let memory = scratch.take(count)
    defer { scratch.giveBack(memory) }
    return try body(memory.pointer)
  }
}
