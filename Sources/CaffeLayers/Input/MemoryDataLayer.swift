import CaffeCore
import CaffeNet
import CaffeProto

/// Images and labels that a program hands over as arrays, batch after batch, round and round.
///
/// No bottoms; two tops: images, `batch_size × channels × height × width`, and labels, `batch_size`.
///
/// `memory_data_param`, all four required:
/// - `batch_size`: the images of a batch.
/// - `channels`, `height`, `width`: the extents of an image.
///
/// Gradient: none.
///
/// Errors: a field that is missing or 0; a forward before `setData`; arrays of a size that doesn't fit.
///
/// Source: Caffe's MemoryData. As there, arrays aren't transformed: `transform_param` has no effect, which the log says.
///
/// A program finds the layer by its name and gives it the data:
/// `(net.layer(named: "data") as? MemoryDataLayer)?.setData(pixels, labels: labels)`. A training that is to go on from a snapshot gets
/// the same data before `Solver.restore`, which then finds the place in them.
///
/// ```
/// layer {
///   name: "data"
///   type: "MemoryData"
///   top: "data"
///   top: "label"
///   memory_data_param { batch_size: 10 channels: 3 height: 32 width: 32 }
/// }
/// ```
public final class MemoryDataLayer: Layer, RecordSource, ResumableSource {
  public override class var typeName: String { "MemoryData" }
  public override class var ports: Ports { Ports(bottoms: 0...0, tops: 2...2) }

  /// The shape of a batch of images: `batch_size`, `channels`, `height`, `width`.
  public let batchShape: Shape

  private var images: [Float] = []
  private var labels: [Float] = []
  /// The first item of the next batch and that of the current one.
  private var next = 0
  private var current = 0

  /// Checks `memory_data_param`.
  public required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.memoryDataParam
    let fields = [
      ("batch_size", message.batchSize), ("channels", message.channels), ("height", message.height),
      ("width", message.width)
    ]
    for (field, value) in fields where value == 0 {
      throw CaffeError(
        .field, "memory_data_param has no \(field); give batch_size, channels, height and width, each 1 or more",
        layer: parameter.name)
    }
    batchShape = try Shape(validating: fields.map { Int($0.1) })
    try super.init(parameter, context: context)
    if parameter.hasTransformParam {
      context.logger.warning(
        "layer \"\(name)\": transform_param has no effect, since arrays given to a MemoryData layer aren't transformed",
        at: "memory_data_layer.cpp:82")
    }
  }

  /// Gives the layer its data, from whose start the next batch is taken.
  ///
  /// - Parameters:
  ///   - images: One image after the other, each channels × height × width, row-major.
  ///   - labels: One label for each image.
  /// - Throws: `CaffeError` of code `shape` when the values aren't whole images, a whole number of batches and at least one, or
  ///   there are more or fewer labels than images.
  public func setData(_ images: [Float], labels: [Float]) throws {
    let (size, batch) = (batchShape.count(from: 1), batchShape[0])
    guard !images.isEmpty, images.count % size == 0 else {
      throw error(
        .shape,
        "\(images.count) values given, but an image of \(extents) has \(size); give the values of whole images, at least one"
      )
    }
    let count = images.count / size
    guard labels.count == count else {
      throw error(.shape, "\(labels.count) labels given for \(count) images; give one for each")
    }
    guard count % batch == 0 else {
      throw error(
        .shape, "\(count) images given, but batch_size is \(batch); give a multiple of it or change batch_size")
    }
    self.images = images
    self.labels = labels
    next = 0
    current = 0
  }

  public override func reshape(bottom: [Blob], top: [Blob]) throws {
    top[0].reshape(to: batchShape)
    top[1].reshape(to: [batchShape[0]])
  }

  public override func forward(bottom: [Blob], top: [Blob]) throws {
    guard !labels.isEmpty else {
      throw error(.value, "has no data yet; a program must call setData(_:labels:) before the first forward")
    }
    let (size, batch) = (batchShape.count(from: 1), batchShape[0])
    top[0].data.isFed = true
    try top[0].setData(Array(images[next * size..<(next + batch) * size]))
    try top[1].setData(Array(labels[next..<next + batch]))
    current = next
    next = (next + batch) % labels.count
  }

  /// Passes over `batches` batches of the data that are there now.
  public func skip(batches: UInt64) {
    guard !labels.isEmpty else { return }
    let laps = UInt64(labels.count / batchShape[0])
    next = (next + Int(batches % laps) * batchShape[0]) % labels.count
  }

  /// `number 3 of the data in memory`, for errors about a label.
  public func recordName(at index: Int) -> String? {
    index >= 0 && index < batchShape[0] ? "number \(current + index) of the data in memory" : nil
  }

  private var extents: String { batchShape.extents.dropFirst().map(String.init).joined(separator: " × ") }
}
