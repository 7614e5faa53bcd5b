import Foundation

/// Loads batches ahead on threads of its own and hands them over in order; an error comes in the place of its batch.
///
/// At most `depth` batches, or one a thread, are planned and not yet handed over, so memory stays bounded.
final class Prefetcher<Loader: BatchLoader>: @unchecked Sendable {
  // All variables are only touched with `condition` locked.
  private let condition = NSCondition()
  private let limit: UInt64
  private var loader: Loader?
  private var ready: [UInt64: Result<Loader.Batch, any Error>] = [:]
  private var spare: [Loader.Batch] = []
  private var nextToPlan: UInt64 = 0
  private var nextToGive: UInt64 = 0
  private var isPlanning = false
  private var threads: WorkerThreads?
  /// No more batches are begun.
  private var isStopping = false

  /// Starts `threads` threads, which from now on alone use `loader`: the caller must let go of it.
  init(_ loader: Loader, depth: Int, threads: Int, name: String) {
    let threads = max(1, threads)
    self.loader = loader
    limit = UInt64(max(1, depth, threads))
    self.threads = WorkerThreads(threads, name: name) { [self] in run() }
  }

  /// The next batch; waits for it. After an error the same error comes again.
  ///
  /// - Returns: The batch, and how long it had to be waited for.
  func next() throws -> (batch: Loader.Batch, wait: Duration) {
    condition.lock()
    defer { condition.unlock() }
    var start: ContinuousClock.Instant?
    while true {
      if let result = ready[nextToGive] {
        let batch = try result.get()
        ready[nextToGive] = nil
        nextToGive += 1
        condition.broadcast()
        return (batch, start.map { ContinuousClock.now - $0 } ?? .zero)
      }
      start = start ?? .now
      condition.wait()
    }
  }

  /// Gives a batch back, to be filled again.
  func recycle(_ batch: Loader.Batch) {
    condition.withLock { spare.append(batch) }
  }

  /// Ends the threads, waits until they are gone, and lets go of the loader.
  func stop() {
    condition.withLock {
      isStopping = true
      condition.broadcast()
    }
    threads?.wait()
    condition.withLock { loader = nil }
  }

  private func run() {
    guard let loader = condition.withLock({ self.loader }) else { return }
    while let (number, batch) = nextToFill(loader) {
      let result = Result { () throws -> Loader.Batch in
        do {
          defer { endPlanning() }
          try loader.plan(batch)
        }
        try loader.fill(batch)
        return batch
      }
      condition.withLock {
        if case .failure = result { isStopping = true }
        ready[number] = result
        condition.broadcast()
      }
    }
  }

  /// The turn to plan a batch, and its number; nil when no more are needed.
  private func nextToFill(_ loader: Loader) -> (number: UInt64, batch: Loader.Batch)? {
    condition.lock()
    defer { condition.unlock() }
    while !isStopping, isPlanning || nextToPlan >= nextToGive + limit { condition.wait() }
    guard !isStopping else { return nil }
    isPlanning = true
    defer { nextToPlan += 1 }
    return (nextToPlan, spare.popLast() ?? loader.makeBatch())
  }

  private func endPlanning() {
    condition.withLock {
      isPlanning = false
      condition.broadcast()
    }
  }
}
