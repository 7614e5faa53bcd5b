import CaffeCore

extension BlobProto {
  /// The length of each axis: `shape`, or the four numbers of older files.
  public var axes: [Int64] {
    if hasNum || hasChannels || hasHeight || hasWidth {
      return [num, channels, height, width].map(Int64.init)
    }
    return shape.dim
  }

  /// The values in row-major order, as many as the shape says; `double_data` is rounded to single precision.
  ///
  /// Throws `CaffeError` if the shape has a negative axis or the number of values differs from it.
  public func values() throws -> [Float] {
    try checked(doubleData.isEmpty ? data : doubleData.map(Float.init), "values")
  }

  /// The gradients, like `values()`; empty where none were stored.
  public func gradients() throws -> [Float] {
    let stored = doubleDiff.isEmpty ? diff : doubleDiff.map(Float.init)
    return stored.isEmpty ? [] : try checked(stored, "gradients")
  }

  private func checked(_ values: [Float], _ what: String) throws -> [Float] {
    var count: Int64 = 1
    for length in axes {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else {
        throw CaffeError(
          .corrupt, "a stored blob has the impossible shape \(axes); get or make the file again")
      }
      count = product
    }
    guard Int64(values.count) == count else {
      throw CaffeError(
        .corrupt,
        "a stored blob of shape \(axes) needs \(count) \(what) and has \(values.count); get or make the "
          + "file again"
      )
    }
    return values
  }
}
