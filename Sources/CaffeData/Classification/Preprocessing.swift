import CaffeCore
import CaffeProto
import Foundation

/// How a picture becomes what a net was trained on: its size, the order of its channels, what is subtracted, and a factor.
///
/// It travels with a model as a small JSON file beside it, `<model>.preprocess.json`, which `caffe train` writes with each snapshot and
/// ``Classifier`` reads, so that the same picture gives the same answer everywhere.
public struct Preprocessing: Codable, Hashable, Sendable {
  /// The order of the channels.
  public enum ChannelOrder: String, Codable, Sendable {
    /// Blue first: Caffe's own.
    case bgr = "BGR"
    /// Red first.
    case rgb = "RGB"
  }

  /// The height of the net's input; nil where nothing says it.
  public var height: Int?
  /// Its width.
  public var width: Int?
  /// Its channels, 1 or 3.
  public var channels: Int?
  /// What a picture is scaled to before its middle is cut out; nil: at once to height and width.
  public var resizeHeight: Int?
  /// The width of that.
  public var resizeWidth: Int?
  /// The order of the channels.
  public var channelOrder = ChannelOrder.bgr
  /// What is subtracted: nothing, one value, or one a channel, in the order of the channels.
  public var mean: [Float] = []
  /// The factor after that.
  public var scale: Float = 1

  private enum CodingKeys: String, CodingKey {
    case height, width, channels, mean, scale
    case resizeHeight = "resize_height"
    case resizeWidth = "resize_width"
    case channelOrder = "channel_order"
  }

  /// Makes one that changes nothing.
  public init() {}

  /// Reads those of the fields that are there; the others keep their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    height = try values.decodeIfPresent(Int.self, forKey: .height)
    width = try values.decodeIfPresent(Int.self, forKey: .width)
    channels = try values.decodeIfPresent(Int.self, forKey: .channels)
    resizeHeight = try values.decodeIfPresent(Int.self, forKey: .resizeHeight)
    resizeWidth = try values.decodeIfPresent(Int.self, forKey: .resizeWidth)
    channelOrder = try values.decodeIfPresent(ChannelOrder.self, forKey: .channelOrder) ?? .bgr
    mean = try values.decodeIfPresent([Float].self, forKey: .mean) ?? []
    scale = try values.decodeIfPresent(Float.self, forKey: .scale) ?? 1
  }

  /// What `transform` does to pictures of a data layer; of a mean picture, the mean of each channel.
  ///
  /// - Throws: `CaffeError` when the mean file can't be read.
  public init(_ transform: TransformationParameter, meanFile: String? = nil) throws {
    mean = transform.meanValue
    if transform.hasMeanFile { mean = try Preprocessing.channelMeans(file: meanFile ?? transform.meanFile) }
    scale = transform.scale
    if transform.cropSize > 0 {
      height = Int(transform.cropSize)
      width = height
    }
  }

  /// The mean of each channel of a mean picture, a `.binaryproto`.
  public static func channelMeans(file: String) throws -> [Float] {
    let image = try MeanImage(file)
    let plane = image.shape.height * image.shape.width
    return (0..<image.shape.channels).map { channel in
      let sum = image.values[(channel * plane)..<((channel + 1) * plane)].reduce(0.0) { $0 + Double($1) }
      return Float(sum / Double(plane))
    }
  }

  /// The name of the file beside `model`.
  public static func sidecar(of model: String) -> String { model + ".preprocess.json" }

  /// Reads the file beside `model`; nil where there is none.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when it isn't what `write` writes.
  public static func beside(_ model: String) throws -> Preprocessing? {
    let path = sidecar(of: model)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let content = try MappedFile(path).withBytes { Data($0) }
    do {
      let found = try JSONDecoder().decode(Preprocessing.self, from: content)
      try found.check()
      return found
    } catch {
      throw CaffeError(
        .corrupt, file: path,
        "this isn't the description of a model's preprocessing; correct it, or remove it and give --mean and so on",
        cause: error)
    }
  }

  /// Writes the file beside `model`.
  public func write(beside model: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var content = [UInt8](try encoder.encode(self))
    content.append(10)
    try AtomicFile.write(to: Preprocessing.sidecar(of: model)) { try $0.write(content) }
  }

  private func check() throws {
    let extents = [height, width, resizeHeight, resizeWidth].compactMap { $0 }
    guard extents.allSatisfy({ (1...65536).contains($0) }), channels == nil || channels == 1 || channels == 3,
      (resizeHeight == nil) == (resizeWidth == nil), scale.isFinite, mean.allSatisfy(\.isFinite), mean.count <= 3
    else { throw CaffeError(.value, "a value is out of range") }
  }
}

extension Preprocessing {
  /// The values of `picture` for an input of `shape`, channel by channel.
  ///
  /// - Throws: `CaffeError` of code `shape` when mean or scaling don't fit the input.
  package func values(of picture: Picture, for shape: DatumShape) throws -> [Float] {
    guard mean.count <= 1 || mean.count == shape.channels else {
      throw CaffeError(
        .shape,
        "there are \(mean.count) mean values for an input of \(shape.channels) channels; give one, or one a channel")
    }
    var picture = shape.channels == 1 ? picture.gray() : picture.color()
    if let resizeHeight, let resizeWidth, resizeHeight >= shape.height, resizeWidth >= shape.width {
      picture = try picture.resized(height: resizeHeight, width: resizeWidth).cropped(
        top: (resizeHeight - shape.height) / 2, left: (resizeWidth - shape.width) / 2, height: shape.height,
        width: shape.width)
    }
    picture = try picture.resized(height: shape.height, width: shape.width)
    let planes = picture.planes()
    let count = shape.height * shape.width
    return [Float](unsafeUninitializedCapacity: planes.count) { buffer, initialized in
      for channel in 0..<shape.channels {
        let source = channelOrder == .rgb ? shape.channels - 1 - channel : channel
        let mean = mean.isEmpty ? 0 : mean[mean.count == 1 ? 0 : channel]
        for index in 0..<count {
          buffer[channel * count + index] = (Float(planes[source * count + index]) - mean) * scale
        }
      }
      initialized = planes.count
    }
  }
}
