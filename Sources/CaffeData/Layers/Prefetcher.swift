import Foundation

/// What a `Prefetcher` has loaded: it makes batches and fills them, one after the other, on one thread at a time.
protocol BatchLoader: AnyObject, SendableMetatype {
  associatedtype Batch: AnyObject & Sendable

  /// A batch without content.
  func makeBatch() -> Batch
  /// Passes over `count` records.
  func skip(_ count: UInt64) throws
  /// Fills `batch` with the next records.
  func load(_ batch: Batch) throws
}

/// Loads batches ahead, in order, on a thread of its own, until `depth` wait; hands over an error in its place.
final class Prefetcher<Loader: BatchLoader>: @unchecked Sendable {
  // All variables are only touched with `condition` locked.
  private let condition = NSCondition()
  private let depth: Int
  private var ready: [Result<Loader.Batch, any Error>] = []
  private var spare: [Loader.Batch] = []
  private var isStopping = false
  private var isRunning = true

  /// Starts the thread, which from now on alone uses `loader`: the caller must let go of it.
  init(_ loader: Loader, depth: Int, name: String) {
    self.depth = max(1, depth)
    let handover = Handover(loader)
    let thread = Thread { [self] in
      run(handover)
      condition.withLock {
        isRunning = false
        condition.broadcast()
      }
    }
    thread.name = name
    thread.start()
  }

  /// The next batch; waits for it. After an error the same error comes again.
  func next() throws -> Loader.Batch {
    condition.lock()
    defer { condition.unlock() }
    while ready.isEmpty { condition.wait() }
    if case .success(let batch) = ready[0] {
      ready.removeFirst()
      condition.signal()
      return batch
    }
    return try ready[0].get()
  }

  /// Gives a batch back, to be filled again.
  func recycle(_ batch: Loader.Batch) {
    condition.withLock { spare.append(batch) }
  }

  /// Ends the thread and waits until it has let go of the loader.
  func stop() {
    condition.lock()
    defer { condition.unlock() }
    isStopping = true
    condition.broadcast()
    while isRunning { condition.wait() }
  }

  private func run(_ handover: Handover) {
    guard let loader = handover.take() else { return }
    while let batch = nextToFill(loader) {
      let result = Result { () throws -> Loader.Batch in
        try loader.load(batch)
        return batch
      }
      condition.withLock {
        ready.append(result)
        condition.broadcast()
      }
      if case .failure = result { return }
    }
  }

  private func nextToFill(_ loader: Loader) -> Loader.Batch? {
    condition.lock()
    defer { condition.unlock() }
    while ready.count >= depth, !isStopping { condition.wait() }
    return isStopping ? nil : spare.popLast() ?? loader.makeBatch()
  }

  /// Carries the loader to the thread; it is gone from here once taken.
  private final class Handover: @unchecked Sendable {
    private var loader: Loader?

    init(_ loader: Loader) { self.loader = loader }

    func take() -> Loader? {
      defer { loader = nil }
      return loader
    }
  }
}
