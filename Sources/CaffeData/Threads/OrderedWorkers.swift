import Foundation

/// Makes the elements 0, 1, 2 … on several threads and hands them over in that order.
///
/// At most `window` elements are ahead of the one that is asked for, so memory stays bounded. With one job there is no other
/// thread: who asks for an element makes it.
final class OrderedWorkers<Element: Sendable>: @unchecked Sendable {
  // All variables are only touched with `condition` locked.
  private let condition = NSCondition()
  private let count: Int
  private let window: Int
  private let isAlone: Bool
  private let make: @Sendable (Int) -> Element
  private var ready: [Int: Element] = [:]
  private var nextToMake = 0
  private var nextToGive = 0
  private var threads: WorkerThreads?
  private var isStopping = false

  /// Starts `jobs` threads that make `count` elements; none for one job.
  init(count: Int, jobs: Int, name: String, make: @escaping @Sendable (Int) -> Element) {
    self.count = count
    self.make = make
    let jobs = max(1, min(jobs, count))
    // Enough to go on while what was made is written in one go.
    window = 16 * jobs
    isAlone = jobs == 1
    guard !isAlone else { return }
    threads = WorkerThreads(jobs, name: name) { [self] in run() }
  }

  /// The next element, nil after the last; waits for it.
  func next() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    guard nextToGive < count, !isStopping else { return nil }
    if isAlone {
      defer { nextToGive += 1 }
      return make(nextToGive)
    }
    while ready[nextToGive] == nil { condition.wait() }
    let element = ready.removeValue(forKey: nextToGive)
    nextToGive += 1
    condition.broadcast()
    return element
  }

  /// Ends the threads and waits until they are gone.
  func stop() {
    condition.withLock {
      isStopping = true
      condition.broadcast()
    }
    threads?.wait()
  }

  private func run() {
    while let index = takeIndex() {
      let element = make(index)
      condition.withLock {
        ready[index] = element
        condition.broadcast()
      }
    }
  }

  private func takeIndex() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while nextToMake < count, nextToMake >= nextToGive + window, !isStopping { condition.wait() }
    guard nextToMake < count, !isStopping else { return nil }
    defer { nextToMake += 1 }
    return nextToMake
  }
}
