import CaffeCore

/// How many batches are run for features, and how many rows of the last one count.
struct FeaturePlan: Equatable {
  /// The number of batches.
  let batches: Int
  /// How many records count; nil for all of every batch.
  let records: Int?
  private let batchSize: Int

  /// - Throws: `CaffeError` of code `flag` when nothing says where to stop.
  init(batches: Int?, stopsAtEpoch: Bool, epoch: EpochLength?) throws {
    if let batches, batches < 1 { throw CaffeError(.flag, "\(batches) batches to extract features of; give 1 or more") }
    batchSize = epoch?.batchSize ?? 1
    if let batches, !stopsAtEpoch || epoch.map({ batches * $0.batchSize <= $0.records }) ?? true {
      self.batches = batches
      records = nil
      return
    }
    guard let epoch else {
      throw CaffeError(
        .flag,
        "the net's data have no end that features could stop at (no Data, ImageData or HDF5Data layer); "
          + "give the number of batches")
    }
    self.batches = epoch.batches
    records = epoch.records
  }

  /// Checks that the rows of a batch are its records, where not all of them count.
  func check(_ blobs: [(name: String, shape: Shape)]) throws {
    guard let records, records % batchSize != 0 else { return }
    for (name, shape) in blobs where shape.axisCount == 0 || shape[0] != batchSize {
      throw CaffeError(
        .shape,
        "the blob \"\(name)\" has the shape \(shape), which isn't a row for each of \(batchSize) records: the last batch, "
          + "of \(records % batchSize) records, can't be cut; use a batch_size that divides \(records), or give the number of batches"
      )
    }
  }

  /// How many rows of a blob count in batch `index`.
  func rows(of shape: Shape, inBatch index: Int) -> Int {
    let all = shape.axisCount == 0 ? 1 : shape[0]
    guard let records, records % batchSize != 0 else { return all }
    return min(all, records - index * batchSize)
  }
}
