import CKernels
import CaffeCore

extension CPUEngine: IndexOps {
  /// Computes `output[i] = rows[indices[i]]`, row by row.
  ///
  /// - Throws: `InvalidIndex` when an index is no row's number.
  public func gatherRows(_ spec: RowIndexSpec, rows: Buffer, indices: Buffer, output: Buffer) throws {
    let wanted = try spec.checked(indices.hostForReading())
    let x = rows.hostForReading()
    let y = output.plainForWriting(spec.indices * spec.length)
    workers.split(spec.indices, bytes: spec.length * 8, multiple: 1) { first, last in
      for i in first..<last {
        (y + i * spec.length).update(from: x + wanted[i] * spec.length, count: spec.length)
      }
    }
  }

  /// Adds row i of `values` to row `indices[i]` of what `rows` holds, for each i in turn.
  ///
  /// - Throws: `InvalidIndex` when an index is no row's number.
  public func scatterAddRows(_ spec: RowIndexSpec, values: Buffer, indices: Buffer, into rows: Buffer) throws {
    let wanted = try spec.checked(indices.hostForReading())
    let x = values.hostForReading()
    let y = rows.hostForUpdating()
    // By columns: a row may be wanted more than once.
    workers.split(spec.length, bytes: spec.indices * 12) { first, last in
      for (i, row) in wanted.enumerated() {
        caffe_axpby(1, x + i * spec.length + first, 1, y + row * spec.length + first, last - first)
      }
    }
  }

  /// Finds the `k` largest of the channels at every place, largest first.
  public func topK(_ spec: TopKSpec, input: Buffer, indices: Buffer?, values: Buffer?) {
    let (shape, k) = (spec.shape, spec.k)
    let x = input.hostForReading()
    let numbers = indices?.plainForWriting(shape.outer * k * shape.inner)
    let largest = values?.plainForWriting(shape.outer * k * shape.inner)
    workers.split(shape.outer * shape.inner, bytes: shape.channels * 16, multiple: 1) { first, last in
      withScratch(Int.self, shape.channels) { order in
        for place in first..<last {
          let (outer, inner) = place.quotientAndRemainder(dividingBy: shape.inner)
          let start = x + (outer * shape.channels * shape.inner + inner)
          rank(start, step: shape.inner, count: shape.channels, k: k, into: order)
          for i in 0..<k {
            let target = (outer * k + i) * shape.inner + inner
            numbers?[target] = Float(order[i])
            largest?[target] = start[order[i] * shape.inner]
          }
        }
      }
    }
  }

  /// Puts the numbers of the `k` largest values first, largest first, of equals the last.
  private func rank(
    _ x: UnsafePointer<Float>, step: Int, count: Int, k: Int, into order: UnsafeMutablePointer<Int>
  ) {
    func key(_ channel: Int) -> Float {
      let value = x[channel * step]
      return value.isNaN ? -.infinity : value
    }
    // The first ones in order, each new value moved up to its place.
    var held = 0
    for channel in 0..<count {
      let own = key(channel)
      if held == k {
        if own < key(order[k - 1]) { continue }
      } else {
        held += 1
      }
      var place = held - 1
      while place > 0, key(order[place - 1]) <= own {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = channel
    }
  }
}
