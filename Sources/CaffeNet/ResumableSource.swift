/// A layer that reads records in order, and can begin where an earlier run stopped.
public protocol ResumableSource: AnyObject {
  /// Passes over `batches` batches; called before the first forward. What was random about them is passed over, too.
  func skip(batches: UInt64)
}
