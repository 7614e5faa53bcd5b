import CImageCodecs
import CaffeCore

extension Picture {
  /// What is done about the note of a camera that it was held on its side, which JPEG files may carry.
  public enum Orientation: Hashable, Sendable {
    /// The picture is turned upright, as OpenCV does when it reads a file.
    case apply
    /// The pixels come as they are stored.
    case ignore
  }

  /// Reads the file `path`: JPEG, PNG, WebP, BMP, the first frame of a GIF, or binary PNM.
  ///
  /// Transparency is dropped, 16-bit values keep their upper half, inks become light. A damaged or cut-off file is an
  /// error, never half a picture.
  ///
  /// - Throws: `CaffeError` that names the file, of code `file` when it can't be read, `corrupt` when it is damaged or of
  ///   another kind, `value` when it has more pixels than `pixelLimit`.
  public static func read(
    file path: String, color: Color = .color, orientation: Orientation = .apply,
    pixelLimit: Int = standardPixelLimit
  ) throws -> Picture {
    let content = try MappedFile(path)
    do {
      return try content.withBytes {
        try Picture(decoding: $0, color: color, orientation: orientation, pixelLimit: pixelLimit)
      }
    } catch let error as CaffeError where error.location == nil {
      throw CaffeError(error.code, file: path, "this file \(error.message)", cause: error.cause)
    }
  }

  /// Decodes the content of a picture file; as `read`, but messages name no file: they begin with a verb.
  public init(
    decoding bytes: UnsafeRawBufferPointer, color: Color = .color, orientation: Orientation = .ignore,
    pixelLimit: Int = standardPixelLimit
  ) throws {
    let format = PictureFormat(bytes)
    let codec = try Codec(format)
    var info = try codec.info(bytes)
    try Picture.check(info, format, pixelLimit)
    let stored = info.channels
    switch color {
    case .asStored: break
    case .color: if format == .jpeg { info.channels = 3 }
    case .gray: if format == .jpeg { info.channels = 1 }
    }
    var picture = try codec.decode(bytes, info)
    if color == .color || (color == .asStored && stored == 3) { picture = picture.color() }
    if color == .gray { picture = picture.gray() }
    if orientation == .apply, format == .jpeg, let note = ExifOrientation(jpeg: bytes) {
      picture = picture.turned(note)
    }
    self = picture
  }

  /// Decodes the content of a picture file.
  public init(
    decoding bytes: [UInt8], color: Color = .color, orientation: Orientation = .ignore,
    pixelLimit: Int = standardPixelLimit
  ) throws {
    self = try bytes.withUnsafeBytes {
      try Picture(decoding: $0, color: color, orientation: orientation, pixelLimit: pixelLimit)
    }
  }

  private static func check(_ info: caffe_image_info, _ format: PictureFormat, _ limit: Int) throws {
    let (count, overflow) = info.height.multipliedReportingOverflow(by: info.width)
    guard info.height > 0, info.width > 0 else {
      throw CaffeError(.corrupt, "is \(format.title) without pixels; replace it")
    }
    guard !overflow, count <= limit else {
      throw CaffeError(
        .value,
        "is \(format.title) of \(info.height)×\(info.width) pixels, more than the limit of \(limit); "
          + "make it smaller, or raise the limit if you trust it")
    }
  }
}

/// The library for a format.
private struct Codec {
  typealias Reader = (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<caffe_image_info>, UnsafeMutablePointer<CChar>)
    -> Int32
  typealias Decoder = (
    UnsafePointer<UInt8>, Int, UnsafePointer<caffe_image_info>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<CChar>
  ) -> Int32

  let format: PictureFormat
  let reader: Reader
  let decoder: Decoder

  init(_ format: PictureFormat) throws {
    self.format = format
    switch format {
    case .jpeg: (reader, decoder) = (caffe_jpeg_info, caffe_jpeg_decode)
    case .png: (reader, decoder) = (caffe_png_info, caffe_png_decode)
    case .webp: (reader, decoder) = (caffe_webp_info, caffe_webp_decode)
    case .bmp, .gif, .pnm: (reader, decoder) = (caffe_simple_info, caffe_simple_decode)
    case .foreign(let words): throw CaffeError(.corrupt, "is \(words)")
    }
  }

  func info(_ bytes: UnsafeRawBufferPointer) throws -> caffe_image_info {
    var info = caffe_image_info()
    try call(bytes) { reader($0, bytes.count, &info, $1) }
    return info
  }

  func decode(_ bytes: UnsafeRawBufferPointer, _ info: caffe_image_info) throws -> Picture {
    try Picture(height: Int(info.height), width: Int(info.width), channels: Int(info.channels)) { pixels in
      try call(bytes) { start, message in
        withUnsafePointer(to: info) { decoder(start, bytes.count, $0, pixels, message) }
      }
    }
  }

  private func call(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<CChar>) -> Int32
  ) throws {
    let reason = codecMessage { message in
      guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return 1 }
      return body(start, message)
    }
    if let reason { throw CaffeError(.corrupt, "is \(format.title) that can't be decoded: \(reason); replace it") }
  }
}

/// The message that a function of the codecs leaves when it fails.
func codecMessage(_ body: (UnsafeMutablePointer<CChar>) -> Int32) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(caffe_image_message_size)) { buffer in
    guard let message = buffer.baseAddress else { return "out of memory" }
    buffer.initialize(repeating: 0)
    return body(message) == 0 ? nil : String(cString: message)
  }
}
