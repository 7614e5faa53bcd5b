import CaffeCore
import CaffeNet
import CaffeProto

/// Pictures and labels from a database of `Datum` records.
///
/// Tops: `batch_size` × channels × height × width, the records after their transformation; and, if asked for, their
/// `batch_size` labels. No bottoms, no gradient.
///
/// Parameters: `data_param { source backend batch_size rand_skip prefetch }` (backend LEVELDB unless said, `prefetch`
/// 4 batches read ahead) and `transform_param`, see ``DataTransformer``.
///
/// Records that hold a picture file (`encoded: true`) are decoded: with the channels of the file, or those that
/// `force_encoded_color`, or `force_color` or `force_gray` in `transform_param`, ask for.
///
/// Records come in the order of their keys, and from the first again after the last. The first record decides the
/// shape; one of another shape is an error that names its key, except in batches of one. Reading and transforming is done ahead on a
/// thread of its own. Errors: a missing, empty or damaged database, one of the other backend, records that
/// are no `Datum`, a mean or crop that doesn't fit.
///
/// Source: Caffe's Data layer. Unlike there, `skip` lets a resumed run go on where it stopped.
///
/// ```
/// layer {
///   name: "mnist" type: "Data" top: "data" top: "label"
///   transform_param { scale: 0.00390625 }
///   data_param { source: "examples/mnist/mnist_train_lmdb" backend: LMDB batch_size: 64 }
/// }
/// ```
package final class DataLayer: Layer, RecordSource, ResumableSource {
  private struct Spec {
    let source: String
    let backend: RecordBackend
    let batchSize: Int
    let randomSkip: UInt32
    let prefetch: Int
  }

  package override class var typeName: String { "Data" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 1...2) }

  private let spec: Spec
  private var batches: BatchStream<RecordBatchLoader>?
  private var shape = DatumShape(channels: 0, height: 0, width: 0)
  /// The shape of the records, before their transformation.
  private(set) var recordShape = DatumShape(channels: 0, height: 0, width: 0)

  /// Checks the message and opens the database.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    spec = try DataLayer.spec(parameter)
    try super.init(parameter, context: context)
    let reader = try RecordStore.open(context.path(spec.source), backend: spec.backend)
    context.logger.info(
      "Opened \(spec.backend.rawValue) \(spec.source)",
      at: spec.backend == .lmdb ? "db_lmdb.cpp:35" : "db_leveldb.cpp:18")
    var transform = parameter.transformParam
    if transform.hasMeanFile { transform.meanFile = context.path(transform.meanFile) }
    let transformer = try DataTransformer(
      transform, phase: context.phase, random: context.random.stream("\(parameter.name)/transform"))
    let logger = context.logger
    let decoder = RecordDecoder(transform, forcesColor: parameter.dataParam.forceEncodedColor)
    let loader = try RecordBatchLoader(reader, decoder: decoder, transformer: transformer, batchSize: spec.batchSize) {
      logger.info("Restarting data prefetching from start.", at: "data_layer.cpp:73")
    }
    batches = BatchStream(
      loader, batchSize: spec.batchSize, depth: spec.prefetch, source: spec.source, name: parameter.name)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    guard let loader = batches?.loader else { return }
    shape = loader.shape
    recordShape = loader.recordShape
    let extents = [spec.batchSize, shape.channels, shape.height, shape.width]
    context.logger.info(
      "output data size: \(extents.map(String.init).joined(separator: ","))", at: "data_layer.cpp:45")
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    top[0].reshape(to: try Shape(validating: [spec.batchSize, shape.channels, shape.height, shape.width]))
    if top.count > 1 { top[1].reshape(to: [spec.batchSize]) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    guard let batch = try batches?.next(prepare: skipAtRandom) else { return }
    if batch.shape != shape {
      shape = batch.shape
      try reshape(bottom: bottom, top: top)
    }
    top[0].data.set(batch.values)
    if top.count > 1 { top[1].data.set(batch.labels) }
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  /// What to call the record at `index` of the current batch.
  package func recordName(at index: Int) -> String? {
    batches?.current?.key(at: index).map { "key \($0) of \(spec.source)" }
  }

  /// Passes over `batches` batches, so that a resumed run sees what it would have seen.
  package func skip(batches: UInt64) { self.batches?.skip(batches: batches) }

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
    for (field, isSet) in [("shuffle: true", data.shuffle), ("on_error: skip", data.onError == .skip)] where isSet {
      throw CaffeError(
        .unsupported,
        "data_param has \(field), which a Data layer doesn't do yet; leave it out, or use an ImageData layer, which does",
        layer: parameter.name)
    }
    return Spec(
      source: data.source, backend: data.backend == .lmdb ? .lmdb : .leveldb, batchSize: Int(data.batchSize),
      randomSkip: data.randSkip, prefetch: max(1, min(Int(data.prefetch), 1024)))
  }
}

/// The layer types that read or write files.
public enum DataLayers {
  /// Every type, to be registered.
  public static let types: [Layer.Type] = [
    DataLayer.self, HDF5DataLayer.self, HDF5OutputLayer.self, ImageDataLayer.self, WindowDataLayer.self
  ]
}
