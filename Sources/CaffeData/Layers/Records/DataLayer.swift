import CaffeCore
import CaffeNet
import CaffeProto

/// Pictures and labels from a database of `Datum` records.
///
/// Tops: `batch_size` × channels × height × width, the records after their transformation; and, if asked for, their labels:
/// `batch_size`, or `batch_size` × labels where records have several (`float_label`). No bottoms, no gradient.
///
/// `data_param`:
/// - `source`: the database's folder. Required.
/// - `backend`: LEVELDB, the default, or LMDB.
/// - `batch_size`: required.
/// - `shuffle`: whether each lap through the database has a new order; default false: that of the keys.
/// - `rand_skip`: begin after so many records at most, drawn. Default 0.
/// - `on_error`: `fail`, the default, or `skip`: the next record that can be used takes the place of one that can't.
/// - `prefetch`: how many batches are read ahead; default 4.
/// - `force_encoded_color`: three channels from records that hold a picture file.
///
/// And `transform_param`, see ``DataTransformer``. Records that hold a picture file (`encoded: true`) are decoded: with the channels
/// of the file, or those that `force_encoded_color`, or `force_color` or `force_gray` in `transform_param`, ask for.
///
/// The first record decides shape and number of labels; one of another shape is an error that names its key, except in batches
/// of one. Reading and transforming is done ahead on threads of its own; what comes out doesn't depend on how many.
///
/// Errors: a missing, empty or damaged database, one of the other backend, records that are no `Datum`, a mean or crop
/// that doesn't fit, with `skip` a database in which nothing can be used.
///
/// Source: Caffe's Data layer. Unlike there, `skip` lets a resumed run go on where it stopped; `shuffle` and `on_error` are ours.
///
/// ```
/// layer {
///   name: "mnist" type: "Data" top: "data" top: "label"
///   transform_param { scale: 0.00390625 }
///   data_param { source: "examples/mnist/mnist_train_lmdb" backend: LMDB batch_size: 64 }
/// }
/// ```
package final class DataLayer: Layer, RecordSource, KeyedSource, ResumableSource, PrefetchingSource, BufferingSource,
  SizedSource
{
  private struct Spec {
    let source: String
    let backend: RecordBackend
    let batchSize: Int
    let shuffles: Bool
    let skipsBadRecords: Bool
    let randomSkip: UInt32
    let prefetch: Int
  }

  package override class var typeName: String { "Data" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 1...2) }

  private let spec: Spec
  private var batches: BatchStream<RecordBatchLoader>?
  /// The number of records in the database, where it knows it.
  package private(set) var recordCount: Int?
  private var tops: SampleTops
  /// Makes batches of bytes into values, on an engine whose memory is its own.
  private var unpacker: PictureUnpacker?
  private var cache: RecordCache?
  /// The shape of the records, before their transformation.
  private(set) var recordShape = DatumShape(channels: 0, height: 0, width: 0)

  /// Checks the message and opens the database.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    spec = try DataLayer.spec(parameter)
    tops = SampleTops(batchSize: spec.batchSize)
    try super.init(parameter, context: context)
    let settings = BatchStream<RecordBatchLoader>.Settings(
      batchSize: spec.batchSize, depth: spec.prefetch, threads: context.dataThreads, source: spec.source, name: name)
    let loader = try makeLoader(parameter)
    recordCount = loader.recordCount
    batches = BatchStream(loader, settings)
  }

  private func makeLoader(_ parameter: LayerParameter) throws -> RecordBatchLoader {
    var transform = parameter.transformParam
    if transform.hasMeanFile { transform.meanFile = context.path(transform.meanFile) }
    let (path, backend) = (context.path(spec.source), spec.backend)
    let settings = RecordBatchLoader.Settings(
      batchSize: spec.batchSize,
      color: RecordDecoder.color(transform, forcesColor: parameter.dataParam.forceEncodedColor),
      shuffle: spec.shuffles ? context.random.stream("\(name)/shuffle") : nil, share: context.share,
      packs: context.engine.isDeferred
    ) { try RecordStore.open(path, backend: backend) }
    let (logger, name) = (context.logger, name)
    let bad =
      spec.skipsBadRecords
      ? BadEntries { logger.warning("layer \"\(name)\": \($0)", at: "data_layer.cpp:101") } : nil
    let loader = try RecordBatchLoader(
      settings,
      transformer: DataTransformer(transform, phase: context.phase, random: context.random.stream("\(name)/transform")),
      bad: bad
    ) {
      logger.info("Restarting data prefetching from start.", at: "data_layer.cpp:73")
    }
    logger.info(
      "Opened \(backend.rawValue) \(spec.source)", at: backend == .lmdb ? "db_lmdb.cpp:35" : "db_leveldb.cpp:18")
    return loader
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    guard let loader = batches?.loader else { return }
    tops.shape = loader.form.shape
    recordShape = loader.form.recordShape
    tops.labelCount = loader.form.labelCount
    context.logger.info(
      "output data size: \(tops.extents.map(String.init).joined(separator: ","))", at: "data_layer.cpp:45")
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws { try tops.reshape(top) }

  /// Gets ready, before the first batch, for an engine that makes bytes into values.
  private func prepareUnpacking() throws {
    guard context.engine.isDeferred, let loader = batches?.loader else { return }
    unpacker = PictureUnpacker(spec.batchSize, of: loader.form.recordShape, loader.transformer)
    guard context.recordCache == .device else { return }
    let (found, reason) = try loader.makeCache()
    cache = found
    loader.hasCache = found != nil
    if let found {
      context.logger.info(
        "layer \"\(name)\": the \(found.count) records of \(spec.source) are kept on the device, "
          + "\((found.bytes.count * 4 + (1 << 20) - 1) >> 20) MiB", at: "data_layer.cpp:45")
    } else {
      context.logger.warning(
        "layer \"\(name)\": the records of \(spec.source) aren't kept on the device: \(reason)", at: "data_layer.cpp:45"
      )
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    try prepareUnpacking()
    guard let batch = try batches?.next(prepare: skipAtRandom) else { return }
    var unpack: ((Buffer) -> Void)?
    if batch.isPacked, let unpacker, let packed = batch.packed {
      unpack = { [cache, engine] in unpacker.unpack(packed, bytes: cache?.bytes, to: $0, engine) }
    }
    for count in try tops.take(batch, top, unpack: unpack) {
      context.logger.warning(
        "layer \"\(name)\": \(count) records of this lap through \(spec.source) were skipped; others took their places",
        at: "data_layer.cpp:101")
    }
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  /// What to call the record at `index` of the current batch.
  package func recordName(at index: Int) -> String? {
    batches?.current?.key(at: index).map { "key \($0) of \(spec.source)" }
  }

  /// The key of the record at `index` of the current batch.
  package func recordKey(at index: Int) -> String? { batches?.current?.key(at: index) }

  /// Passes over `batches` batches, so that a resumed run sees what it would have seen.
  package func skip(batches: UInt64) { self.batches?.skip(batches: batches) }

  /// How long batches were waited for.
  package var timeWaited: Duration { batches?.timeWaited ?? .zero }

  package var batchesAhead: Int { batches?.batchesAhead ?? 0 }

  package var heldBytes: Int { 0 }

  /// Those of all records, where they are kept on the device, or of the bytes of each batch.
  package func deviceBytes(beside tops: Int) -> Int {
    let record = recordShape.count
    if context.recordCache == .device, let recordCount {
      let (all, overflows) = recordCount.multipliedReportingOverflow(by: record)
      if !overflows, all <= RecordCache.limit { return all }
    }
    let (bytes, overflows) = record.multipliedReportingOverflow(by: spec.batchSize * batchesAhead)
    return overflows ? tops : bytes
  }

  package var mappedBytes: Int { RecordStore.size(of: context.path(spec.source)) }

  private func skipAtRandom(_ loader: RecordBatchLoader) throws {
    guard spec.randomSkip > 0 else { return }
    var stream = context.random.stream("\(name)/skip")
    let count = UInt64(stream.nextWord()) % UInt64(spec.randomSkip)
    context.logger.info("Skipping first \(count) data points.", at: "data_layer.cpp:36")
    try loader.skip(count)
  }

  private static func spec(_ parameter: LayerParameter) throws -> Spec {
    let data = parameter.dataParam
    guard !data.source.isEmpty else {
      throw CaffeError(.field, "data_param has no source; name the database's folder", layer: parameter.name)
    }
    guard data.batchSize > 0, data.batchSize <= UInt32(Int32.max) else {
      throw CaffeError(
        .field, "data_param has batch_size \(data.batchSize); give a positive number", layer: parameter.name)
    }
    return Spec(
      source: data.source, backend: data.backend == .lmdb ? .lmdb : .leveldb, batchSize: Int(data.batchSize),
      shuffles: data.shuffle, skipsBadRecords: data.onError == .skip, randomSkip: data.randSkip,
      prefetch: max(1, min(Int(data.prefetch), 1024)))
  }
}

/// The layer types that read or write files.
public enum DataLayers {
  /// Every type, to be registered.
  public static let types: [Layer.Type] = [
    DataLayer.self, HDF5DataLayer.self, HDF5OutputLayer.self, ImageDataLayer.self, WindowDataLayer.self
  ]
}
