import CaffeCore

extension Net {
  /// Passes over `batches` batches of the data layer `index`, if it reads records in order.
  package func skip(batches: UInt64, layer index: Int) {
    guard batches > 0, let source = layers[index] as? any ResumableSource else { return }
    source.skip(batches: batches)
    batchesRead[index, default: 0] += batches
  }

  /// Passes over `batches` batches of all data layers.
  package func skip(batches: UInt64) {
    for index in layers.indices { skip(batches: batches, layer: index) }
  }
}
