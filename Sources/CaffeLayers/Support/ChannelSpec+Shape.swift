import CaffeCore

extension ChannelSpec {
  /// `shape` seen as what lies before `axis`, along it and after it.
  ///
  /// - Throws: `CaffeError` of code `shape` when there is no such axis.
  init(_ shape: Shape, axis: Int) throws {
    let axis = try shape.canonicalAxis(axis)
    self.init(outer: shape.count(from: 0, to: axis), channels: shape[axis], inner: shape.count(from: axis + 1))
  }
}
