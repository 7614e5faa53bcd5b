/// Rows picked by their numbers, and the numbers of the largest values.
public protocol IndexOps {
  /// Computes `output[i] = rows[indices[i]]`, row by row; indices are whole numbers held as floats.
  ///
  /// - Throws: `InvalidIndex` when an index is no row's number; `output` is then undefined.
  func gatherRows(_ spec: RowIndexSpec, rows: Buffer, indices: Buffer, output: Buffer) throws

  /// Adds row i of `values` to row `indices[i]` of what `rows` holds, for each i in turn: the gradient of `gatherRows`.
  ///
  /// - Throws: `InvalidIndex` when an index is no row's number; `rows` is then undefined.
  func scatterAddRows(_ spec: RowIndexSpec, values: Buffer, indices: Buffer, into rows: Buffer) throws

  /// Finds the `k` largest of the channels at every place, largest first: their numbers and their values, either in the
  /// shape outer × k × inner.
  ///
  /// Of equals the last comes first, as in Caffe; what isn't a number counts as −∞.
  func topK(_ spec: TopKSpec, input: Buffer, indices: Buffer?, values: Buffer?)
}

/// The sizes of picking rows.
public struct RowIndexSpec: Hashable, Sendable {
  /// How many rows there are.
  public var rows: Int
  /// The values of a row.
  public var length: Int
  /// How many rows are picked.
  public var indices: Int

  /// Makes a spec.
  public init(rows: Int, length: Int, indices: Int) {
    self.rows = rows
    self.length = length
    self.indices = indices
  }

  /// Whole numbers from floats.
  ///
  /// - Throws: `InvalidIndex` for the first that is no row's number.
  package func checked(_ values: UnsafePointer<Float>) throws -> [Int] {
    try (0..<indices).map { position in
      guard let index = Int(exactly: values[position]), index >= 0, index < rows else {
        throw InvalidIndex(position: position, value: values[position], count: rows)
      }
      return index
    }
  }
}

/// An index that is no row's number. The layer turns it into an error that names itself.
public struct InvalidIndex: Error, Sendable {
  /// The index's place among the indices.
  public var position: Int
  /// The index.
  public var value: Float
  /// The number of rows.
  public var count: Int

  /// Makes one.
  public init(position: Int, value: Float, count: Int) {
    self.position = position
    self.value = value
    self.count = count
  }
}

/// Which of the largest values are wanted.
public struct TopKSpec: Hashable, Sendable {
  /// The shape of the input.
  public var shape: ChannelSpec
  /// How many of the channels; at least 1, at most all.
  public var k: Int

  /// Makes a spec.
  public init(shape: ChannelSpec, k: Int) {
    self.shape = shape
    self.k = k
  }
}
