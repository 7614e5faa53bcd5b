import CaffeCore

extension ChannelSpec {
  /// `shape` seen as what lies before `axis`, along it and after it.
  ///
  /// - Throws: `CaffeError` of code `shape` when there is no such axis.
  init(_ shape: Shape, axis: Int) throws {
    let axis = try shape.canonicalAxis(axis)
    self.init(outer: shape.count(from: 0, to: axis), channels: shape[axis], inner: shape.count(from: axis + 1))
  }

  /// `shape` seen as items along the first axis, all values of an item its channels.
  init(itemsOf shape: Shape) {
    let items = shape.legacyExtent(0)
    self.init(outer: items, channels: shape.axisCount > 1 ? shape.count(from: 1) : 1, inner: 1)
  }
}
