import CaffeCore

/// The batches of a data layer: a loader, which a thread of its own takes over when the first batch is asked for, and the batch in
/// hand.
final class BatchStream<Loader: BatchLoader> {
  /// The batch that `next` gave last.
  private(set) var current: Loader.Batch?
  /// The loader, until its thread has taken it over.
  private(set) var loader: Loader?
  /// How many batches to pass over before the next one.
  private var skippedBatches: UInt64 = 0
  private let batchSize: Int
  private let depth: Int
  /// What errors call that which is read.
  private let source: String
  private let name: String
  private var prefetcher: Prefetcher<Loader>?

  /// - Parameters:
  ///   - depth: How many batches are read ahead.
  ///   - name: The layer's.
  init(_ loader: Loader, batchSize: Int, depth: Int = 4, source: String, name: String) {
    self.loader = loader
    self.batchSize = batchSize
    self.depth = depth
    self.source = source
    self.name = name
  }

  deinit { prefetcher?.stop() }

  /// Passes over `batches` batches more: without reading them before the first one is asked for, later by reading them.
  func skip(batches: UInt64) { skippedBatches &+= batches }

  /// The next batch, in the place of the one in hand.
  ///
  /// - Parameter prepare: Called with the loader before the first batch.
  func next(prepare: (Loader) throws -> Void = { _ in }) throws -> Loader.Batch {
    let prefetcher = try startedPrefetcher(prepare)
    if let current { prefetcher.recycle(current) }
    current = nil
    while skippedBatches > 0 {
      prefetcher.recycle(try prefetcher.next())
      skippedBatches -= 1
    }
    let batch = try prefetcher.next()
    current = batch
    return batch
  }

  private func startedPrefetcher(_ prepare: (Loader) throws -> Void) throws -> Prefetcher<Loader> {
    if let prefetcher { return prefetcher }
    guard let loader = loader.take() else {
      throw CaffeError(.file, "cannot go on reading \(source) after an error; build the net again", layer: name)
    }
    try prepare(loader)
    let (count, overflow) = skippedBatches.multipliedReportingOverflow(by: UInt64(batchSize))
    guard !overflow else {
      throw CaffeError(.value, "\(skippedBatches) batches to pass over are too many", layer: name)
    }
    try loader.skip(count)
    skippedBatches = 0
    let started = Prefetcher(loader, depth: depth, name: "prefetch \(name)")
    prefetcher = started
    return started
  }
}
