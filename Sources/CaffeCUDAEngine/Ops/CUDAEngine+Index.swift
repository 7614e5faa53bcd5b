import CCUDA
import CaffeCore

extension CUDAEngine: IndexOps {
  /// Computes `output[i] = rows[indices[i]]`, row by row.
  ///
  /// - Throws: `InvalidIndex` when an index that the host knows is no row's number; others are reported later.
  public func gatherRows(_ spec: RowIndexSpec, rows: Buffer, indices: Buffer, output: Buffer) throws {
    let count = spec.indices * spec.length
    guard count > 0 else { return }
    try check(indices, spec)
    let (x, wanted) = (read(rows), read(indices))
    device.launch(
      .gatherRows, .over(count), x, wanted, write(output, count), count, caffe_gpu_divisor(spec.length),
      Int32(spec.rows),
      device.faults.memory.address, device.places.current)
  }

  /// Adds row i of `values` to row `indices[i]` of what `rows` holds, for each i in turn.
  ///
  /// - Throws: `InvalidIndex` when an index that the host knows is no row's number; others are reported later.
  public func scatterAddRows(_ spec: RowIndexSpec, values: Buffer, indices: Buffer, into rows: Buffer) throws {
    guard spec.indices > 0, spec.length > 0 else { return }
    try check(indices, spec)
    let (x, wanted) = (read(values), read(indices))
    let block = UInt32.threads(for: spec.length)
    let columns = (spec.length + Int(block) - 1) / Int(block)
    device.launch(
      .scatterAddRows, LaunchShape(grid: (UInt32(spec.indices), UInt32(columns), 1), block: block), x, wanted,
      update(rows), Int32(spec.indices), Int32(spec.length), Int32(spec.rows), device.faults.memory.address,
      device.places.current)
  }

  /// What came from data is known to the host, which can say at once what is wrong with it.
  private func check(_ indices: Buffer, _ spec: RowIndexSpec) throws {
    if indices.isPlainCurrent { _ = try spec.checked(indices.hostForReading()) }
  }

  /// Finds the `k` largest of the channels at every place, largest first.
  public func topK(_ spec: TopKSpec, input: Buffer, indices: Buffer?, values: Buffer?) {
    let shape = spec.shape
    let (places, count) = (shape.outer * shape.inner, shape.outer * spec.k * shape.inner)
    guard count > 0 else { return }
    let x = read(input)
    let numbers = indices.map { write($0, count) } ?? 0
    let largest = values.map { write($0, count) } ?? 0
    let sizes = caffe_gpu_channels(
      outer: Int32(shape.outer), channels: Int32(shape.channels), inner: Int32(shape.inner))
    device.launch(
      .topK, .blocks(places, of: .threads(for: shape.channels)), x, sizes, Int32(spec.k), numbers, largest)
  }
}

extension Kernel {
  fileprivate static let gatherRows = Kernel("indexing", "gather_rows")
  fileprivate static let scatterAddRows = Kernel("indexing", "scatter_add_rows")
  fileprivate static let topK = Kernel("indexing", "top_k")
}
