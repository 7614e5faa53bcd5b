import CaffeCore
import Foundation
import Synchronization

/// What nets that share values have in common: a lock, and the open views of their blobs.
///
/// A net or blob of its own has one of its own; the nets of a solver have one together. Nets that come to share parameters join theirs.
final class Owner: @unchecked Sendable {
  private static let joining = Mutex(())

  private let lock = NSRecursiveLock()
  private var views = LiveViews()
  /// The owner that has taken this one's place; guarded by `joining`.
  private var successor: Owner?

  /// Calls `body` while no other thread does anything with what is owned.
  func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
    let owner = enter()
    defer { owner.lock.unlock() }
    return try body()
  }

  /// Calls `body`, which computes, with what was written through views; views then show what it computed.
  func computing<Result>(_ body: () throws -> Result) rethrows -> Result {
    let owner = enter()
    defer { owner.lock.unlock() }
    owner.views.takeOver()
    defer { owner.views.refresh() }
    return try body()
  }

  /// Calls `body`, a callback in the midst of computing: to it views are as between two calls.
  func callingBack<Result>(_ body: () throws -> Result) rethrows -> Result {
    let owner = enter()
    defer { owner.lock.unlock() }
    owner.views.refresh()
    defer { owner.views.takeOver() }
    return try body()
  }

  /// Opens a view of `buffer`.
  func view(of buffer: Buffer) -> AlignedMemory {
    exclusively {
      let memory = buffer.hostMemoryForUpdating()
      root().views.add(buffer, memory)
      return memory
    }
  }

  /// Closes a view. Waits for nobody: views end wherever a garbage collector runs.
  func close(_ memory: AlignedMemory) {
    // The views may move to another owner meanwhile.
    while true {
      let owner = root()
      if owner.views.remove(memory) || owner.isRoot { return }
    }
  }

  /// Makes this owner and `other` one.
  func join(_ other: Owner) {
    let (first, second) = (root(), other.root())
    guard first !== second else { return }
    let isFirst = ObjectIdentifier(first) < ObjectIdentifier(second)
    let (low, high) = isFirst ? (first, second) : (second, first)
    low.lock.lock()
    high.lock.lock()
    defer {
      high.lock.unlock()
      low.lock.unlock()
    }
    Owner.joining.withLock { _ in
      // Somebody else may have joined them with others meanwhile.
      guard first.successor == nil, second.successor == nil else { return }
      second.views.merge(first.views)
      first.successor = second
    }
  }

  private func enter() -> Owner {
    while true {
      let owner = root()
      owner.lock.lock()
      if owner.isRoot { return owner }
      owner.lock.unlock()
    }
  }

  private var isRoot: Bool { Owner.joining.withLock { _ in successor == nil } }

  private func root() -> Owner {
    Owner.joining.withLock { _ in
      var owner = self
      while let next = owner.successor { owner = next }
      return owner
    }
  }
}

/// The views that are open, by the memory that they show.
private final class LiveViews: Sendable {
  private struct View: @unchecked Sendable {
    let buffer: Buffer
    let memory: AlignedMemory
    var count: Int
  }

  private let open = Mutex<[ObjectIdentifier: View]>([:])

  func add(_ buffer: Buffer, _ memory: AlignedMemory) {
    let view = View(buffer: buffer, memory: memory, count: 1)
    open.withLock { open in
      let key = ObjectIdentifier(view.memory)
      if open[key]?.buffer === view.buffer { open[key]?.count += 1 } else { open[key] = view }
    }
  }

  /// Returns whether there was such a view.
  func remove(_ memory: AlignedMemory) -> Bool {
    let key = ObjectIdentifier(memory)
    return open.withLock { open in
      guard let view = open[key] else { return false }
      open[key] = nil
      if view.count > 1 {
        open[key] = View(buffer: view.buffer, memory: view.memory, count: view.count - 1)
      }
      return true
    }
  }

  /// Takes the views of `other` over.
  func merge(_ other: LiveViews) {
    let taken = other.open.withLock { open in
      defer { open = [:] }
      return open
    }
    open.withLock { $0.merge(taken) { first, _ in first } }
  }

  /// Says of all values that are viewed that their plain form is the newest.
  func takeOver() {
    for view in current where view.buffer.isHeld(in: view.memory) { _ = view.buffer.hostForUpdating() }
  }

  /// Brings the plain form of all values that are viewed up to date.
  func refresh() {
    for view in current where view.buffer.isHeld(in: view.memory) { _ = view.buffer.hostForReading() }
  }

  private var current: [View] { open.withLock { Array($0.values) } }
}
