import Foundation

/// Threads that do the same work until each comes to an end.
final class WorkerThreads: @unchecked Sendable {
  // Only touched with `condition` locked.
  private let condition = NSCondition()
  private var running: Int

  /// Starts `count` threads called `name`, each of which calls `body` once.
  init(_ count: Int, name: String, body: @escaping @Sendable () -> Void) {
    running = count
    for _ in 0..<count {
      let thread = Thread { [self] in
        body()
        condition.withLock {
          running -= 1
          condition.broadcast()
        }
      }
      thread.name = name
      thread.start()
    }
  }

  /// Waits until all have come to their end.
  func wait() {
    condition.lock()
    defer { condition.unlock() }
    while running > 0 { condition.wait() }
  }
}
