import CaffeCore
import CaffeNet

/// A batch of records of HDF5 files. Used by one thread at a time.
final class HDF5Batch: @unchecked Sendable {
  /// The values of each dataset.
  let values: [Buffer]
  /// Where each record comes from.
  fileprivate(set) var places: [(file: String, record: Int)] = []

  fileprivate init(_ values: [Buffer]) { self.values = values }
}

/// Makes batches of the records of HDF5 files.
final class HDF5BatchLoader: BatchLoader {
  /// The shape of a record of each dataset.
  let recordShapes: [[Int]]
  private let reader: HDF5RecordReader
  private let batchSize: Int
  let share: RankShare

  init(_ reader: HDF5RecordReader, batchSize: Int, share: RankShare) {
    self.reader = reader
    self.share = share
    self.batchSize = batchSize
    recordShapes = reader.recordShapes
  }

  // The library lets in one thread at a time.
  var usefulThreads: Int { 1 }

  func makeBatch() -> HDF5Batch {
    HDF5Batch(recordShapes.map { Buffer(count: batchSize * $0.reduce(1, *)) })
  }

  func skip(_ count: UInt64) throws { try reader.skip(records: count) }

  func plan(_ batch: HDF5Batch) throws {
    batch.places.removeAll(keepingCapacity: true)
    let targets = batch.values.map { $0.hostForOverwriting() }
    for position in 0..<batchSize {
      if !share.isWhole { try reader.skip(records: share.before) }
      batch.places.append(reader.place)
      for (index, target) in targets.enumerated() { try reader.copyRecord(of: index, to: target, place: position) }
      try reader.advance()
      if !share.isWhole { try reader.skip(records: share.after) }
    }
  }

  /// All is there already: records are read in turn.
  func fill(_ batch: HDF5Batch) {}
}
