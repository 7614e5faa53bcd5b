import CaffeCore
import CaffeNet
import CaffeProto

/// Records from HDF5 files: each top is the dataset of its name, its first axis counting records.
///
/// No bottoms. Tops: for each dataset of shape N × …, batch_size × …; float, double and whole numbers become float.
///
/// `hdf5_data_param`:
/// - `source`: a text file with the names of the HDF5 files, blanks or lines between them. Required.
/// - `batch_size`: the number of records of a batch. Required.
/// - `shuffle`: whether the order of the files, and of the records within each, is drawn anew for each round;
///   default false: in order.
///
/// A batch that reaches the end of a file goes on with the next one, and after the last with the first. A file of up to 256 MiB as floats is
/// held in memory; of a larger one a piece, or, shuffled, nothing: each record is read by itself. Batches are read ahead on a
/// thread of their own.
///
/// Gradient: none.
///
/// Errors: a missing list or file, a missing dataset, datasets with different numbers of records or none, files whose records
/// have different shapes, `transform_param`, which this layer doesn't take.
///
/// Source: Caffe's HDF5Data. Names and values are as there; the shuffled order is our own, and repeats with the seed.
///
/// ```
/// layer {
///   name: "data"
///   type: "HDF5Data"
///   top: "data"
///   top: "label"
///   hdf5_data_param { source: "examples/hdf5_classification/data/train.txt" batch_size: 10 }
/// }
/// ```
package final class HDF5DataLayer: Layer, RecordSource, ResumableSource, PrefetchingSource, BufferingSource {
  package override class var typeName: String { "HDF5Data" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 1...Int.max) }

  private struct Spec {
    let source: String
    let batchSize: Int
    let shuffle: Bool
    let datasets: [String]
  }

  private let spec: Spec
  private var batches: BatchStream<HDF5BatchLoader>?
  private var recordShapes: [[Int]] = []

  /// Checks `hdf5_data_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.hdf5DataParam
    spec = Spec(
      source: message.source, batchSize: Int(message.batchSize), shuffle: message.shuffle, datasets: parameter.top)
    try super.init(parameter, context: context)
    guard !spec.source.isEmpty else {
      throw error(.field, "hdf5_data_param has no source; name a text file that lists HDF5 files")
    }
    guard spec.batchSize > 0 else {
      throw error(.value, "hdf5_data_param has batch_size \(spec.batchSize); give 1 or more")
    }
    guard !parameter.hasTransformParam else {
      throw error(
        .unsupported, "an HDF5Data layer does not transform data; remove transform_param and store what is needed")
    }
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    context.logger.info("Loading list of HDF5 filenames from: \(spec.source)", at: "hdf5_data_layer.cpp:81")
    let files = try HDF5FileList.names(in: spec.source, context)
    context.logger.info("Number of HDF5 files: \(files.count)", at: "hdf5_data_layer.cpp:95")
    guard !files.isEmpty else {
      throw CaffeError(.value, file: spec.source, "the list names no HDF5 files; write one name a line").inLayer(name)
    }
    let random = spec.shuffle ? context.random.stream("\(name)/shuffle") : nil
    let reader = try HDF5RecordReader(
      files: files.map { (name: $0, path: context.path($0)) }, datasets: spec.datasets, random: random)
    recordShapes = reader.recordShapes
    heldBytes = reader.bytesToHold
    batches = BatchStream(
      HDF5BatchLoader(reader, batchSize: spec.batchSize, share: context.share),
      .init(batchSize: spec.batchSize, threads: context.dataThreads, source: spec.source, name: name))
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    for (blob, shape) in zip(top, recordShapes) {
      blob.reshape(to: try Shape(validating: [spec.batchSize] + shape))
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    guard let batch = try batches?.next() else { return }
    for (blob, values) in zip(top, batch.values) { blob.data.feed(from: values) }
  }

  /// Passes over `batches` batches, so that a resumed run sees what it would have seen.
  package func skip(batches: UInt64) { self.batches?.skip(batches: batches) }

  /// How long batches were waited for.
  package var timeWaited: Duration { batches?.timeWaited ?? .zero }

  package var batchesAhead: Int { batches?.batchesAhead ?? 0 }

  package private(set) var heldBytes = 0

  package var mappedBytes: Int { 0 }

  /// `number 3 of train.h5`, for errors about a label.
  package func recordName(at index: Int) -> String? {
    guard let current = batches?.current, current.places.indices.contains(index) else { return nil }
    return "number \(current.places[index].record) of \(current.places[index].file)"
  }
}
