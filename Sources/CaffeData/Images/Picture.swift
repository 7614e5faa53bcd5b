/// A picture in memory: rows from the top, pixels from the left, one byte a value, blue before green before red.
///
/// The layout of OpenCV's matrices, which Caffe's own data and published models are made with.
public struct Picture: Hashable, Sendable {
  /// Which channels a picture is read with.
  public enum Color: Hashable, Sendable {
    /// Three; a grey picture has three equal ones.
    case color
    /// One. That of a JPEG is the brightness that its file holds.
    case gray
    /// One for a grey picture, three for any other.
    case asStored
  }

  /// How many pixels a file may unpack to unless another limit is given.
  public static let standardPixelLimit = 1 << 27

  /// The number of rows.
  public let height: Int
  /// The number of pixels in a row.
  public let width: Int
  /// 1 or 3.
  public let channels: Int
  /// The values, `height` × `width` × `channels`.
  public internal(set) var pixels: [UInt8]

  /// Makes a picture of values that are there.
  public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      height > 0 && width > 0 && (channels == 1 || channels == 3) && pixels.count == height * width * channels,
      "a picture has \(height)×\(width)×\(channels) values, not \(pixels.count)")
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
  }

  /// A picture whose values `body` writes, all of them.
  init(
    height: Int, width: Int, channels: Int, _ body: (UnsafeMutablePointer<UInt8>) throws -> Void
  ) rethrows {
    let count = height * width * channels
    let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress { try body(start) }
      initialized = count
    }
    self.init(height: height, width: width, channels: channels, pixels: pixels)
  }

  func withPixels<Result>(_ body: (UnsafePointer<UInt8>) throws -> Result) rethrows -> Result {
    try pixels.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a picture has pixels") }
      return try body(start)
    }
  }
}
