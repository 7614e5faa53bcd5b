import CaffeCore
import CaffeNet
import CaffeProto

/// Windows of pictures, drawn at random: so many of objects, the rest background. For training detectors as R-CNN does.
///
/// Tops: `batch_size` × channels × `crop_size` × `crop_size`, and the `batch_size` labels, background 0. No bottoms.
///
/// `window_data_param`:
/// - `source`: the file of windows, see below. Required.
/// - `batch_size`: required.
/// - `fg_threshold`, `bg_threshold`: a window is of an object from this overlap on, background below the other; default 0.5 both.
/// - `fg_fraction`: the share of windows of objects; default 0.25.
/// - `context_pad`: pixels of surroundings on each side of the scaled window; default 0.
/// - `crop_mode`: `warp`, the default, scales the window as it is; `square` widens it to a square first.
/// - `cache_images`: whether pictures stay in memory; default false.
/// - `root_folder`: what stands before each path, as it is.
///
/// `transform_param`: `crop_size`, required; `mirror`, `scale`, `mean_value`, and `mean_file`, of whose picture the middle counts. What lies
/// outside the picture is 0 after the mean.
///
/// The file, for each picture: `# number`, then on lines of their own path, channels, height, width, the number of windows; then a line
/// for each window, `class overlap x1 y1 x2 y2`.
///
/// Gradient: none.
///
/// Errors: a file that isn't so, windows outside their picture, no window of a kind that is wanted, a mean smaller than the crop,
/// a crop of no more than twice the surroundings.
///
/// Source: Caffe's WindowData. Which windows are drawn is our own, repeats with the seed, and goes on after a resume.
///
/// ```
/// layer {
///   name: "data" type: "WindowData" top: "data" top: "label"
///   transform_param { mirror: true crop_size: 227 mean_value: 104 mean_value: 117 mean_value: 123 }
///   window_data_param { source: "windows.txt" batch_size: 128 fg_fraction: 0.25 context_pad: 16 }
/// }
/// ```
package final class WindowDataLayer: Layer, RecordSource, ResumableSource, PrefetchingSource, BufferingSource {
  package override class var typeName: String { "WindowData" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 2...2) }

  private let batchSize: Int
  private let side: Int
  private let list: WindowList
  private var batches: BatchStream<WindowBatchLoader>?

  /// Checks the message and reads the file of windows.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.windowDataParam
    let transform = parameter.transformParam
    try WindowDataLayer.check(message, transform, parameter.name)
    batchSize = Int(message.batchSize)
    side = Int(transform.cropSize)
    list = try WindowList(
      context.path(message.source), name: message.source, foregroundThreshold: message.fgThreshold,
      backgroundThreshold: message.bgThreshold)
    try super.init(parameter, context: context)
    let settings = try settings(message, transform)
    for (wanted, windows, what) in [
      (settings.foregroundCount, list.foreground, "an object, by fg_threshold \(message.fgThreshold)"),
      (batchSize - settings.foregroundCount, list.background, "background, by bg_threshold \(message.bgThreshold)")
    ] where wanted > 0 && windows.isEmpty {
      throw CaffeError(
        .value, file: message.source,
        "no window is one of \(what), and a batch takes \(wanted) of them; "
          + "change the threshold or fg_fraction"
      ).inLayer(name)
    }
    let loader = WindowBatchLoader(list, settings, random: context.ownRandom.stream("\(name)/windows"))
    batches = BatchStream(
      loader, .init(batchSize: batchSize, threads: context.dataThreads, source: list.file, name: name))
    context.logger.info("Number of images: \(list.pictures.count)", at: "window_data_layer.cpp:157")
    context.logger.info(
      "\(list.foreground.count) windows of objects, \(list.background.count) of background",
      at: "window_data_layer.cpp:161")
    context.logger.info("Amount of context padding: \(message.contextPad)", at: "window_data_layer.cpp:165")
    context.logger.info("Crop mode: \(message.cropMode)", at: "window_data_layer.cpp:168")
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    top[0].reshape(to: try Shape(validating: [batchSize, list.channels, side, side]))
    top[1].reshape(to: [batchSize])
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    guard let batch = try batches?.next() else { return }
    top[0].data.feed(from: batch.values)
    top[1].data.set(batch.drawn.map { Float($0.window.label) })
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  /// `the window of line 12 of windows.txt`, for errors about a label.
  package func recordName(at index: Int) -> String? {
    guard let current = batches?.current, current.drawn.indices.contains(index) else { return nil }
    return "the window of line \(current.drawn[index].window.line) of \(list.file)"
  }

  /// Passes over `batches` batches, so that a resumed run sees what it would have seen.
  package func skip(batches: UInt64) { self.batches?.skip(batches: batches) }

  /// How long batches were waited for.
  package var timeWaited: Duration { batches?.timeWaited ?? .zero }

  package var batchesAhead: Int { batches?.batchesAhead ?? 0 }

  package var heldBytes: Int { 0 }

  package var mappedBytes: Int { 0 }

  private func settings(
    _ message: WindowDataParameter, _ transform: TransformationParameter
  ) throws -> WindowBatchLoader.Settings {
    WindowBatchLoader.Settings(
      batchSize: batchSize, foregroundCount: Int(Float(batchSize) * message.fgFraction), side: side,
      contextPad: Int(message.contextPad), isSquare: message.cropMode == "square", mirrors: transform.mirror,
      scale: transform.scale, mean: try mean(transform), keepsPictures: message.cacheImages,
      systemPath: context.paths(after: message.rootFolder))
  }

  private func mean(_ transform: TransformationParameter) throws -> WindowMean {
    if transform.hasMeanFile {
      let image = try MeanImage(context.path(transform.meanFile))
      guard image.shape.channels == list.channels, image.shape.height >= side, image.shape.width >= side else {
        throw error(
          .shape, "the mean_file holds a picture of \(image.shape), too small for \(list.channels)×\(side)×\(side)")
      }
      return .image(image)
    }
    guard transform.meanValue.count <= 1 || transform.meanValue.count == list.channels else {
      throw error(
        .shape,
        "transform_param has \(transform.meanValue.count) mean_value for pictures of \(list.channels) channels; "
          + "give one, or one a channel")
    }
    return transform.meanValue.isEmpty ? .none : .perChannel(transform.meanValue)
  }

  private static func check(
    _ message: WindowDataParameter, _ transform: TransformationParameter, _ name: String
  ) throws {
    func refuse(_ text: String) -> CaffeError { CaffeError(.field, text, layer: name) }
    guard !message.source.isEmpty else { throw refuse("window_data_param has no source; name a file of windows") }
    guard message.batchSize > 0, message.batchSize <= 1 << 20 else {
      throw refuse("window_data_param has batch_size \(message.batchSize); give 1 to \(1 << 20)")
    }
    guard transform.cropSize > 0, transform.cropSize <= 1 << 14 else {
      throw refuse(
        "transform_param has crop_size \(transform.cropSize); a WindowData layer needs one, of 1 to \(1 << 14)")
    }
    guard Int(message.contextPad) * 2 < Int(transform.cropSize) else {
      throw refuse("context_pad \(message.contextPad) on both sides leaves nothing of crop_size \(transform.cropSize)")
    }
    guard message.cropMode == "warp" || message.cropMode == "square" else {
      throw refuse("window_data_param has crop_mode \"\(message.cropMode)\"; use warp or square")
    }
    guard (0...1).contains(message.fgFraction) else {
      throw refuse("window_data_param has fg_fraction \(message.fgFraction); give 0 to 1")
    }
    guard !transform.hasMeanFile || transform.meanValue.isEmpty else {
      throw refuse("transform_param has both mean_file and mean_value; keep one of them")
    }
  }
}
