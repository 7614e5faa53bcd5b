import CaffeCore
import CaffeNet
import CaffeProto

/// Pictures of a list of files, decoded as they come, and their labels.
///
/// Tops: `batch_size` × channels × height × width, after the transformation; then the labels, `batch_size`, or `batch_size` × labels where
/// the list has several a line. No bottoms.
///
/// `image_data_param`:
/// - `source`: a text file, on each line a path and its label, or labels, which may be fractions. Required.
/// - `batch_size`: default 1.
/// - `new_height`, `new_width`: what pictures are scaled to; both or neither. Default: they keep their size.
/// - `root_folder`: what stands before each path, as it is. Default: nothing.
/// - `is_color`: whether pictures have three channels, or one; default true.
/// - `shuffle`: whether each lap has a new order; default false.
/// - `rand_skip`: begin after so many pictures at most, drawn. Default 0.
/// - `on_error`: `fail`, the default, or `skip`: the next picture of the list that can be read takes the place of one that can't.
///
/// And `transform_param`, see ``DataTransformer``. The first picture of a batch decides its shape.
///
/// Gradient: none.
///
/// Errors: a missing list, a line without label, a picture that can't be read, or of another size than the batch's first, a mean
/// or crop that doesn't fit; each with the line of the list.
///
/// Source: Caffe's ImageData. Numbers are as there; the drawn orders are our own, repeat with the seed, and go on after a resume.
///
/// ```
/// layer {
///   name: "data" type: "ImageData" top: "data" top: "label"
///   transform_param { mirror: true crop_size: 227 mean_value: 104 mean_value: 117 mean_value: 123 }
///   image_data_param { source: "train.txt" root_folder: "images/" batch_size: 50 new_height: 256 new_width: 256 }
/// }
/// ```
package final class ImageDataLayer: Layer, RecordSource, KeyedSource, ResumableSource, PrefetchingSource,
  BufferingSource
{
  package override class var typeName: String { "ImageData" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 1...2) }

  private let message: ImageDataParameter
  private let list: PictureList
  private var batches: BatchStream<PictureBatchLoader>?
  private var tops: SampleTops

  /// Checks the message and reads the list.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    message = parameter.imageDataParam
    try ImageDataLayer.check(message, parameter.name)
    context.logger.info("Opening file \(message.source)", at: "image_data_layer.cpp:39")
    list = try PictureList(context.path(message.source), name: message.source)
    tops = SampleTops(batchSize: Int(message.batchSize), labelCount: list.labelCount)
    try super.init(parameter, context: context)
    context.logger.info("A total of \(list.entries.count) images.", at: "image_data_layer.cpp:61")
    batches = BatchStream(
      try makeLoader(parameter),
      .init(batchSize: tops.batchSize, threads: context.dataThreads, source: list.file, name: name))
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    guard let loader = batches?.loader else { return }
    tops.shape = try loader.firstShape()
    context.logger.info(
      "output data size: \(tops.extents.map(String.init).joined(separator: ","))", at: "image_data_layer.cpp:86")
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws { try tops.reshape(top) }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    guard let batch = try batches?.next() else { return }
    for count in try tops.take(batch, top) {
      context.logger.warning(
        "layer \"\(name)\": \(count) pictures of this lap through \(list.file) were skipped; others took their places",
        at: "image_data_layer.cpp:142")
    }
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  /// `"cat.jpg", line 3 of train.txt`, for errors about a label.
  package func recordName(at index: Int) -> String? {
    guard let current = batches?.current, current.entries.indices.contains(index) else { return nil }
    let entry = list.entries[current.entries[index]]
    return "\"\(entry.path)\", line \(entry.line) of \(list.file)"
  }

  /// The path of the picture at `index` of the current batch, as the list has it.
  package func recordKey(at index: Int) -> String? {
    guard let current = batches?.current, current.entries.indices.contains(index) else { return nil }
    return list.entries[current.entries[index]].path
  }

  /// Passes over `batches` batches, so that a resumed run sees what it would have seen.
  package func skip(batches: UInt64) { self.batches?.skip(batches: batches) }

  /// How long batches were waited for.
  package var timeWaited: Duration { batches?.timeWaited ?? .zero }

  package var batchesAhead: Int { batches?.batchesAhead ?? 0 }

  package var heldBytes: Int { 0 }

  package var mappedBytes: Int { 0 }

  private func makeLoader(_ parameter: LayerParameter) throws -> PictureBatchLoader {
    var transform = parameter.transformParam
    if transform.hasMeanFile { transform.meanFile = context.path(transform.meanFile) }
    let transformer = try DataTransformer(
      transform, phase: context.phase, random: context.random.stream("\(name)/transform"))
    let settings = PictureBatchLoader.Settings(
      batchSize: tops.batchSize,
      color: transform.forceGray ? .gray : transform.forceColor || message.isColor ? .color : .gray,
      size: message.newHeight > 0 ? (Int(message.newHeight), Int(message.newWidth)) : nil,
      share: context.share, systemPath: context.paths(after: message.rootFolder))
    if message.shuffle { context.logger.info("Shuffling data", at: "image_data_layer.cpp:54") }
    let logger = context.logger
    let name = name
    let bad =
      message.onError == .skip
      ? BadEntries { logger.warning("layer \"\(name)\": \($0)", at: "image_data_layer.cpp:142") } : nil
    return PictureBatchLoader(
      list, settings, transformer: transformer,
      random: message.shuffle ? context.random.stream("\(name)/shuffle") : nil, bad: bad, first: firstPicture()
    ) {
      logger.info("Restarting data prefetching from start.", at: "image_data_layer.cpp:158")
    }
  }

  private func firstPicture() -> UInt64 {
    guard message.randSkip > 0 else { return 0 }
    var stream = context.random.stream("\(name)/skip")
    let count = UInt64(stream.nextWord()) % UInt64(message.randSkip)
    context.logger.info("Skipping first \(count) data points.", at: "image_data_layer.cpp:69")
    return count
  }

  private static func check(_ message: ImageDataParameter, _ name: String) throws {
    guard !message.source.isEmpty else {
      throw CaffeError(
        .field, "image_data_param has no source; name a text file with a path and a label a line", layer: name)
    }
    guard message.batchSize > 0, message.batchSize <= UInt32(Int32.max) else {
      throw CaffeError(
        .field, "image_data_param has batch_size \(message.batchSize); give a positive number", layer: name)
    }
    guard (message.newHeight > 0) == (message.newWidth > 0) else {
      throw CaffeError(
        .field,
        "image_data_param has new_height \(message.newHeight) and new_width \(message.newWidth); give both or neither",
        layer: name)
    }
  }
}
