/// An n-dimensional array of values with as many gradients: what flows between layers, and what they learn.
public final class Blob {
  /// The extents of `data` and of `diff`.
  public private(set) var shape: Shape
  /// The values.
  public private(set) var data: Buffer
  /// The gradient of the loss with respect to the values; for a parameter, in the end, the update.
  public private(set) var diff: Buffer

  /// Makes a blob of zeros. No memory is taken before the first access.
  public init(_ shape: Shape = [0]) {
    self.shape = shape
    data = Buffer(count: shape.count)
    diff = Buffer(count: shape.count)
  }

  /// The number of values.
  public var count: Int { shape.count }

  /// Changes the shape. Memory is never given back; values stay only where the count stays.
  public func reshape(to shape: Shape) {
    guard shape != self.shape else { return }
    self.shape = shape
    data.resize(to: shape.count)
    diff.resize(to: shape.count)
  }

  /// Makes the values those of `other`, which must hold as many, from now on.
  public func shareData(with other: Blob) {
    precondition(count == other.count, "sharing \(other.count) values as \(count)")
    data = other.data
  }

  /// Makes the gradients those of `other`, which must hold as many, from now on.
  public func shareDiff(with other: Blob) {
    precondition(count == other.count, "sharing \(other.count) gradients as \(count)")
    diff = other.diff
  }

  /// Sets all values, row-major.
  ///
  /// - Throws: `CaffeError` of code `shape` when there are more or fewer than the shape holds.
  public func setData(_ values: [Float]) throws { try set(values, in: data, as: "values") }

  /// Sets all gradients, row-major.
  ///
  /// - Throws: `CaffeError` of code `shape` when there are more or fewer than the shape holds.
  public func setDiff(_ values: [Float]) throws { try set(values, in: diff, as: "gradients") }

  private func set(_ values: [Float], in buffer: Buffer, as what: String) throws {
    guard values.count == count else {
      throw CaffeError(.shape, "\(values.count) \(what) given for a blob of shape \(shape); give \(count)")
    }
    buffer.set(values)
  }
}
