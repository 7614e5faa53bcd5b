import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

/// Reads records of a database and makes batches of them.
///
/// Which record comes at which place, and how it is transformed, depends only on the place's number, however many threads there
/// are and whatever was read before.
final class RecordBatchLoader: BatchLoader {
  /// What is done to the records on their way.
  struct Settings {
    var batchSize: Int
    var color = Picture.Color.asStored
    /// What orders are drawn from; nil keeps that of the keys.
    var shuffle: RandomStream?
    /// Which records are read.
    var share = RankShare()
    /// Whether an engine makes bytes into values.
    var packs = false
    /// Opens the database.
    var open: () throws -> any RecordReader
  }

  /// What the first record is like: the others have to be so, too.
  struct Form {
    /// Before the transformation.
    var recordShape: DatumShape
    /// After it.
    var shape: DatumShape
    var labelCount: Int
    /// Whether it holds a picture file.
    var isEncoded: Bool
  }

  /// What the first record that can be used is like.
  let form: Form
  /// The number of records, where the database knows it.
  let recordCount: Int?
  private let settings: Settings
  private let sequence: RecordSequence
  let transformer: DataTransformer
  /// Whether an engine has the bytes of all pictures.
  var hasCache = false
  /// The records that can't be used, where that is no error.
  private let bad: BadEntries?
  /// Looks for records in the place of bad ones.
  private var substitutes: (any RecordReader)?
  /// Held while `substitutes` is used.
  private let turn = NSLock()

  /// Looks at the first record that can be used.
  ///
  /// - Parameter bad: Where records that can't be used are noted; nil makes them errors.
  init(
    _ settings: Settings, transformer: DataTransformer, bad: BadEntries? = nil, onRestart: @escaping () -> Void
  ) throws {
    self.settings = settings
    self.transformer = transformer
    self.bad = bad
    let reader = try settings.open()
    recordCount = reader.count
    sequence = RecordSequence(reader, random: settings.shuffle, onRestart: onRestart)
    form = try RecordBatchLoader.form(reader, RecordDecoder(color: settings.color), transformer, bad)
    try reader.rewind()
  }

  var usefulThreads: Int { form.isEncoded ? ProcessInfo.processInfo.activeProcessorCount : 1 }

  func skip(_ count: UInt64) throws { try sequence.skip(count) }

  var share: RankShare { settings.share }

  func makeBatch() -> LoadedBatch {
    let batch = LoadedBatch(RecordDecoder(color: settings.color))
    if settings.packs { batch.packed = PackedPictures(of: form.recordShape, transformer) }
    return batch
  }

  func plan(_ batch: LoadedBatch) throws {
    batch.clear()
    for _ in 0..<settings.batchSize {
      if !settings.share.isWhole { try sequence.skip(settings.share.before) }
      let place = try sequence.next()
      batch.append(sequence.reader, place, way: bad == nil ? nil : sequence.way(from: place))
      if !settings.share.isWhole { try sequence.skip(settings.share.after) }
    }
  }

  func fill(_ batch: LoadedBatch) throws {
    batch.shape = form.shape
    batch.isPacked = batch.packed != nil
    do {
      try fillAll(batch)
    } catch is Unpackable {
      // Pictures of other sizes, or values, are made into values here.
      batch.isPacked = false
      batch.restart()
      try fillAll(batch)
    }
  }

  /// Reads all pictures, for an engine to keep; with the reason where it can't.
  func makeCache() throws -> (cache: RecordCache?, reason: String) {
    try RecordCache.read(settings.open(), shape: form.recordShape, color: settings.color)
  }

  /// A record that an engine can't make into values.
  private struct Unpackable: Error {}

  private func fillAll(_ batch: LoadedBatch) throws {
    if batch.isPacked {
      batch.packed?.begin(settings.batchSize, holdsBytes: !hasCache)
    } else if settings.batchSize > 1 {
      batch.values.resize(to: settings.batchSize * form.shape.count)
    }
    for (index, item) in batch.items.enumerated() {
      if bad?.contains(item.place.record) == true {
        try substitute(batch, index)
        continue
      }
      do {
        try batch.withValue(of: item) { try write($0, record: item.place.record, to: batch, index) }
      } catch let error as CaffeError {
        let named = named(error, batch.key(at: index) ?? "")
        guard let bad, RecordBatchLoader.isSkippable(error) else { throw named }
        bad.insert(item.place.record, named)
        try substitute(batch, index)
      }
    }
  }

  /// Puts the next record that can be used in the place at `index`.
  private func substitute(_ batch: LoadedBatch, _ index: Int) throws {
    let item = batch.items[index]
    batch.skippedLaps.append(item.place.lap)
    let isFound = try turn.withLock {
      let reader = try substitutes ?? settings.open()
      substitutes = reader
      return try item.way?.first(reader) { try accept(reader, $0, batch, index) }
    }
    guard isFound == true else { throw RecordBatchLoader.allBad(sequence.reader.path) }
  }

  private func accept(
    _ reader: any RecordReader, _ record: Int, _ batch: LoadedBatch, _ index: Int
  ) throws -> Bool {
    guard bad?.contains(record) == false else { return false }
    do {
      try write(reader.value, record: record, to: batch, index)
      batch.replaceKey(at: index, with: reader.keyText)
      return true
    } catch let error as CaffeError {
      guard RecordBatchLoader.isSkippable(error) else { throw named(error, reader.keyText) }
      bad?.insert(record, named(error, reader.keyText))
      return false
    }
  }

  /// Transforms a record and writes it to the place `index` of the batch; errors don't name it.
  private func write(
    _ bytes: UnsafeRawBufferPointer, record: Int, to batch: LoadedBatch, _ index: Int
  ) throws {
    let stored = try DatumView(bytes)
    // Of what an engine has already only the labels are wanted.
    let isHeld = batch.isPacked && hasCache
    let datum = isHeld ? stored : try batch.decoder.decode(stored)
    let datumShape = isHeld ? form.recordShape : try datum.checkedShape()
    let shape = try RecordBatchLoader.outputShape(of: datumShape, transformer)
    if batch.isPacked {
      guard isHeld || (datumShape == form.recordShape && !datum.hasFloats) else { throw Unpackable() }
    } else if settings.batchSize == 1 {
      batch.shape = shape
      batch.values.resize(to: shape.count)
    } else if shape != form.shape {
      throw CaffeError(
        .shape,
        "is a picture of \(datumShape), making \(shape) where the first record makes \(form.shape); "
          + "make all of one size, set crop_size, or use batch_size: 1")
    }
    guard datum.labelCount == form.labelCount else {
      throw CaffeError(
        .shape,
        "has \(datum.labelCount) labels where the first record has \(form.labelCount); give every record as many")
    }
    let number = batch.items[index].place.number
    if batch.isPacked {
      batch.packed?.append(isHeld ? nil : datum.data, index: isHeld ? record : index, number: number)
    } else {
      transformer.transform(
        datum, of: datumShape, number: number, to: batch.values.hostForOverwriting() + index * shape.count)
    }
    if datum.floatLabels.isEmpty {
      batch.labels.append(Float(datum.label))
    } else {
      batch.labels.append(contentsOf: datum.floatLabels)
    }
  }

  private func named(_ error: CaffeError, _ key: String) -> CaffeError {
    RecordBatchLoader.named(error, key, sequence.reader.path)
  }
}

// MARK: - Looking at records

extension RecordBatchLoader {
  private static func form(
    _ reader: any RecordReader, _ decoder: RecordDecoder, _ transformer: DataTransformer, _ bad: BadEntries?
  ) throws -> Form {
    var record = 0
    while try reader.next() {
      let (shape, stored): (DatumShape, DatumView)
      do {
        stored = try DatumView(reader.value)
        shape = try decoder.decode(stored).checkedShape()
      } catch let error as CaffeError {
        let named = named(error, reader.keyText, reader.path)
        guard let bad, isSkippable(error) else { throw named }
        bad.insert(record, named)
        record += 1
        continue
      }
      return Form(
        recordShape: shape, shape: try transformer.outputShape(of: shape), labelCount: stored.labelCount,
        isEncoded: stored.isEncoded)
    }
    throw allBad(reader.path)
  }

  /// Whether an error is one of the record alone: damage, not a wrong size.
  private static func isSkippable(_ error: CaffeError) -> Bool {
    error.location == nil && (error.code == .corrupt || error.code == .value)
  }

  private static func outputShape(of datumShape: DatumShape, _ transformer: DataTransformer) throws -> DatumShape {
    do {
      return try transformer.outputShape(of: datumShape)
    } catch let error as CaffeError {
      throw CaffeError(error.code, "is a picture of \(datumShape) that the transformation refuses", cause: error)
    }
  }

  /// Says in an error which record it is about.
  private static func named(_ error: CaffeError, _ key: String, _ path: String) -> CaffeError {
    guard error.location == nil else { return error }
    var named = error
    named.message = "the record with key \(key) \(error.message)"
    named.location = FileLocation(file: path)
    return named
  }

  private static func allBad(_ path: String) -> CaffeError {
    CaffeError(.corrupt, file: path, "none of the records can be used; make the database again")
  }
}
