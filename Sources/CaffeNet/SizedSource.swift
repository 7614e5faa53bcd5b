/// A layer that knows how many records there are in what it reads.
package protocol SizedSource: AnyObject {
  /// The number of records; nil where the store doesn't know it.
  var recordCount: Int? { get }
}

extension Net {
  /// The layer that the data come from: the first one with tops and no bottoms.
  private var sourceIndex: Int? { layers.indices.first { bottoms[$0].isEmpty && !tops[$0].isEmpty } }

  /// The number of records in a batch, by the first axis of the data.
  package var batchSize: Int? {
    sourceIndex.flatMap { tops[$0].first?.shape.extents.first }
  }

  /// The number of batches in which all records come once, where the data layer knows how many there are.
  package var batchesPerEpoch: Double? {
    guard let index = sourceIndex, let source = layers[index] as? any SizedSource, let batchSize, batchSize > 0,
      let records = source.recordCount, records > 0
    else { return nil }
    return Double(records) / Double(batchSize)
  }
}
