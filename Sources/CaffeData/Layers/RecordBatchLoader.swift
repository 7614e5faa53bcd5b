import CaffeCore
import CaffeProto

/// A batch of transformed records, and which they were.
///
/// Used by one thread at a time: the queue of `Prefetcher` hands it over.
final class LoadedBatch: @unchecked Sendable {
  fileprivate(set) var shape = DatumShape(channels: 0, height: 0, width: 0)
  fileprivate(set) var values: [Float] = []
  fileprivate(set) var labels: [Float] = []
  private var keyBytes: [UInt8] = []
  private var keyEnds: [Int] = []

  func key(at index: Int) -> String? {
    guard index >= 0, index < keyEnds.count else { return nil }
    return String(decoding: keyBytes[(index > 0 ? keyEnds[index - 1] : 0)..<keyEnds[index]], as: UTF8.self)
  }

  fileprivate func clear() {
    labels.removeAll(keepingCapacity: true)
    keyBytes.removeAll(keepingCapacity: true)
    keyEnds.removeAll(keepingCapacity: true)
  }

  fileprivate func appendKey(_ key: UnsafeRawBufferPointer) {
    keyBytes.append(contentsOf: key)
    keyEnds.append(keyBytes.count)
  }
}

/// Reads records in order, from the first again after the last, and makes batches of them.
final class RecordBatchLoader: BatchLoader {
  private let reader: any RecordReader
  private let transformer: DataTransformer
  private let decoder: RecordDecoder
  private let batchSize: Int
  private let onRestart: () -> Void
  /// The shape that records have after their transformation; in batches of one it may change.
  private(set) var shape: DatumShape
  /// The shape of the first record's picture, before its transformation.
  let recordShape: DatumShape
  private var recordNumber: UInt64 = 0
  private var recordsInLap: UInt64 = 0
  /// The number of records from the first to the last, once it is known.
  private var lapLength: UInt64?

  /// Looks at the first record for the shape.
  init(
    _ reader: any RecordReader, decoder: RecordDecoder = RecordDecoder(), transformer: DataTransformer, batchSize: Int,
    onRestart: @escaping () -> Void
  ) throws {
    self.reader = reader
    self.decoder = decoder
    self.transformer = transformer
    self.batchSize = batchSize
    self.onRestart = onRestart
    lapLength = reader.count.flatMap { $0 > 0 ? UInt64($0) : nil }
    _ = try reader.next()
    recordShape = try RecordBatchLoader.naming(reader) { try decoder.decode(DatumView(reader.value)).checkedShape() }
    shape = try transformer.outputShape(of: recordShape)
    try reader.rewind()
  }

  /// Passes over records, as if they had been read. Whole laps lead back to the same record: they only count.
  func skip(_ count: UInt64) throws {
    var left = count
    while left > 0 {
      if let lapLength, left >= lapLength {
        recordNumber &+= left - left % lapLength
        left %= lapLength
      } else {
        try advance(quietly: true)
        left -= 1
      }
    }
  }

  func makeBatch() -> LoadedBatch { LoadedBatch() }

  /// Fills `batch` with the next records.
  func load(_ batch: LoadedBatch) throws {
    batch.clear()
    batch.shape = shape
    for item in 0..<batchSize {
      try advance(quietly: false)
      let (datum, datumShape) = try nextDatum(for: batch)
      let count = batchSize * shape.count
      if batch.values.count != count { batch.values = [Float](repeating: 0, count: count) }
      batch.values.withUnsafeMutableBufferPointer { values in
        guard let start = values.baseAddress else { return }
        transformer.transform(datum, of: datumShape, number: recordNumber &- 1, to: start + item * shape.count)
      }
      batch.labels.append(Float(datum.label))
      batch.appendKey(reader.key)
    }
  }

  private func nextDatum(for batch: LoadedBatch) throws -> (DatumView, DatumShape) {
    try naming {
      let datum = try decoder.decode(DatumView(reader.value))
      guard !datum.hasFloatLabels else {
        throw CaffeError(
          .unsupported,
          "has several or fractional labels (float_label), which a Data layer doesn't read yet; use an ImageData layer over the list"
        )
      }
      let datumShape = try datum.checkedShape()
      let output = try outputShape(of: datumShape)
      if output != shape {
        guard batchSize == 1 else {
          throw CaffeError(
            .shape,
            "is a picture of \(datumShape), making \(output) where the first record makes \(shape); "
              + "make all of one size, set crop_size, or use batch_size: 1")
        }
        shape = output
        batch.shape = output
      }
      return (datum, datumShape)
    }
  }

  private func outputShape(of datumShape: DatumShape) throws -> DatumShape {
    do {
      return try transformer.outputShape(of: datumShape)
    } catch let error as CaffeError {
      throw CaffeError(error.code, "is a picture of \(datumShape) that the transformation refuses", cause: error)
    }
  }

  private func advance(quietly: Bool) throws {
    recordNumber &+= 1
    if try reader.next() {
      recordsInLap += 1
      return
    }
    if !quietly { onRestart() }
    try reader.rewind()
    guard try reader.next() else {
      throw CaffeError(.corrupt, file: reader.path, "the database has become empty; make it again")
    }
    if recordsInLap > 0 { lapLength = recordsInLap }
    recordsInLap = 1
  }

  /// Says in an error which record it is about.
  private func naming<Result>(_ body: () throws -> Result) throws -> Result {
    try RecordBatchLoader.naming(reader, body)
  }

  private static func naming<Result>(_ reader: any RecordReader, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as CaffeError where error.location == nil {
      var named = error
      named.message = "the record with key \(reader.keyText) \(error.message)"
      named.location = FileLocation(file: reader.path)
      throw named
    }
  }
}
