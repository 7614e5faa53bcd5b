import CaffeNet

/// What a `Prefetcher` has loaded: batches whose content is decided one after the other and then made on any thread.
protocol BatchLoader: AnyObject, SendableMetatype {
  associatedtype Batch: AnyObject & Sendable

  /// On how many threads making batches is worth while, where nobody says.
  var usefulThreads: Int { get }
  /// A batch without content.
  func makeBatch() -> Batch
  /// Which records of the sequence are this rank's.
  var share: RankShare { get }
  /// Passes over `count` records; called before the first batch.
  func skip(_ count: UInt64) throws
  /// Decides which the next records are. Called in order, by one thread at a time.
  func plan(_ batch: Batch) throws
  /// Makes what was planned: reads, decodes, transforms. Called by several threads at once, for a batch each; what comes out
  /// depends on the plan alone.
  func fill(_ batch: Batch) throws
}
