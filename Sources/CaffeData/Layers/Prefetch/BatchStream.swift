import CaffeCore

/// The batches of a data layer: a loader, which threads of its own take over when the first batch is asked for, and the batch
/// in hand.
final class BatchStream<Loader: BatchLoader> {
  /// How batches are read ahead.
  struct Settings {
    var batchSize: Int
    /// How many batches are read ahead.
    var depth = 4
    /// On how many threads; 0 leaves it to the loader.
    var threads = 0
    /// What errors call that which is read.
    var source: String
    /// The layer's name.
    var name: String
  }

  /// The batch that `next` gave last.
  private(set) var current: Loader.Batch?
  /// The loader, until its threads have taken it over.
  private(set) var loader: Loader?
  /// How many batches to pass over before the next one.
  private var skippedBatches: UInt64 = 0
  /// How long batches but the first were waited for.
  private(set) var timeWaited = Duration.zero

  private let settings: Settings
  private var prefetcher: Prefetcher<Loader>?

  /// How many batches are held beside the one whose values were taken over: those ahead, and the one in hand.
  var batchesAhead: Int { max(1, settings.depth, threadCount(loader)) + 1 }

  init(_ loader: Loader, _ settings: Settings) {
    self.loader = loader
    self.settings = settings
  }

  deinit { prefetcher?.stop() }

  /// Passes over `batches` batches more: without reading them before the first one is asked for, later by reading them.
  func skip(batches: UInt64) { skippedBatches &+= batches }

  /// The next batch, in the place of the one in hand.
  ///
  /// - Parameter prepare: Called with the loader before the first batch.
  func next(prepare: (Loader) throws -> Void = { _ in }) throws -> Loader.Batch {
    let isFirst = prefetcher == nil
    let prefetcher = try startedPrefetcher(prepare)
    if let current { prefetcher.recycle(current) }
    current = nil
    while skippedBatches > 0 {
      prefetcher.recycle(try prefetcher.next().batch)
      skippedBatches -= 1
    }
    let (batch, wait) = try prefetcher.next()
    if !isFirst { timeWaited += wait }
    current = batch
    return batch
  }

  private func startedPrefetcher(_ prepare: (Loader) throws -> Void) throws -> Prefetcher<Loader> {
    if let prefetcher { return prefetcher }
    let name = settings.name
    guard let loader = loader.take() else {
      throw CaffeError(
        .file, "cannot go on reading \(settings.source) after an error; build the net again", layer: name)
    }
    try prepare(loader)
    let (count, overflow) = skippedBatches.multipliedReportingOverflow(
      by: UInt64(settings.batchSize * loader.share.count))
    guard !overflow else {
      throw CaffeError(.value, "\(skippedBatches) batches to pass over are too many", layer: name)
    }
    try loader.skip(count)
    skippedBatches = 0
    let threads = threadCount(loader)
    let started = Prefetcher(loader, depth: settings.depth, threads: threads, name: "prefetch \(name)")
    prefetcher = started
    return started
  }

  private func threadCount(_ loader: Loader?) -> Int {
    settings.threads > 0 ? settings.threads : loader?.usefulThreads ?? 1
  }
}
