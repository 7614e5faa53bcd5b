import Foundation

/// Loads batches ahead, in order, on a thread of its own, until `depth` wait; hands over an error in its place.
final class Prefetcher: @unchecked Sendable {
  // All variables are only touched with `condition` locked.
  private let condition = NSCondition()
  private let depth: Int
  private var ready: [Result<LoadedBatch, any Error>] = []
  private var spare: [LoadedBatch] = []
  private var isStopping = false
  private var isRunning = true

  /// Starts the thread, which from now on alone uses `loader`: the caller must let go of it.
  init(_ loader: RecordBatchLoader, depth: Int, name: String) {
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
  func next() throws -> LoadedBatch {
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
  func recycle(_ batch: LoadedBatch) {
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
    while let batch = nextToFill() {
      let result = Result { () throws -> LoadedBatch in
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

  private func nextToFill() -> LoadedBatch? {
    condition.lock()
    defer { condition.unlock() }
    while ready.count >= depth, !isStopping { condition.wait() }
    return isStopping ? nil : spare.popLast() ?? LoadedBatch()
  }

  /// Carries the loader to the thread; it is gone from here once taken.
  private final class Handover: @unchecked Sendable {
    private var loader: RecordBatchLoader?

    init(_ loader: RecordBatchLoader) { self.loader = loader }

    func take() -> RecordBatchLoader? {
      defer { loader = nil }
      return loader
    }
  }
}
