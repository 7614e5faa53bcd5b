/// A layer that reads records in order, and can begin where an earlier run stopped.
public protocol ResumableSource: AnyObject {
  /// Passes over `batches` batches, as if they had been read: what was random about them is passed over, too.
  func skip(batches: UInt64)
}
