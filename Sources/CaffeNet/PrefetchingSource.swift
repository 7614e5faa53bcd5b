/// A layer that reads records ahead, and knows how long it had to be waited for.
public protocol PrefetchingSource: AnyObject {
  /// How long its batches, but the first, were waited for in all.
  var timeWaited: Duration { get }
}

extension Net {
  /// How long the batches of all data layers were waited for, but the first of each.
  public var timeWaitedForData: Duration {
    layers.reduce(.zero) { $0 + (($1 as? any PrefetchingSource)?.timeWaited ?? .zero) }
  }
}
