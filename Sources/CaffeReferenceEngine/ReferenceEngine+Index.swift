import CaffeCore

extension ReferenceEngine: IndexOps {
  /// Computes `output[i] = rows[indices[i]]`, row by row.
  ///
  /// - Throws: `InvalidIndex` when an index is no row's number.
  public func gatherRows(_ spec: RowIndexSpec, rows: Buffer, indices: Buffer, output: Buffer) throws {
    let wanted = try spec.checked(indices.hostForReading())
    let x = rows.hostForReading()
    let y = output.hostForWriting(spec.indices * spec.length)
    for (i, row) in wanted.enumerated() {
      (y + i * spec.length).update(from: x + row * spec.length, count: spec.length)
    }
  }

  /// Adds row i of `values` to row `indices[i]` of what `rows` holds, for each i in turn.
  ///
  /// - Throws: `InvalidIndex` when an index is no row's number.
  public func scatterAddRows(_ spec: RowIndexSpec, values: Buffer, indices: Buffer, into rows: Buffer) throws {
    let wanted = try spec.checked(indices.hostForReading())
    let x = values.hostForReading()
    let y = rows.hostForUpdating()
    for (i, row) in wanted.enumerated() {
      for column in 0..<spec.length { y[row * spec.length + column] += x[i * spec.length + column] }
    }
  }

  /// Finds the `k` largest of the channels at every place, largest first.
  public func topK(_ spec: TopKSpec, input: Buffer, indices: Buffer?, values: Buffer?) {
    let (shape, k) = (spec.shape, spec.k)
    let x = input.hostForReading()
    let numbers = indices?.hostForWriting(shape.outer * k * shape.inner)
    let largest = values?.hostForWriting(shape.outer * k * shape.inner)
    for outer in 0..<shape.outer {
      for inner in 0..<shape.inner {
        let start = outer * shape.channels * shape.inner + inner
        func rank(_ channel: Int) -> (Float, Int) {
          let value = x[start + channel * shape.inner]
          return (value.isNaN ? -.infinity : value, channel)
        }
        let order = (0..<shape.channels).sorted { rank($0) > rank($1) }
        for place in 0..<k {
          let target = (outer * k + place) * shape.inner + inner
          numbers?[target] = Float(order[place])
          largest?[target] = x[start + order[place] * shape.inner]
        }
      }
    }
  }
}
