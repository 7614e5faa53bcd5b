import CImageCodecs
import CaffeCore

extension Picture {
  /// The kinds of file that pictures are written as.
  public enum FileType: String, Sendable, CaseIterable {
    /// Small, with losses; of OpenCV's quality, 95.
    case jpeg
    /// Without losses.
    case png

    /// The type that a flag or the end of a file's name says: `jpg`, `jpeg` or `png`, with or without a dot.
    ///
    /// - Throws: `CaffeError` of code `flag` for another name.
    public init(named name: String) throws {
      switch name.lowercased().drop(while: { $0 == "." }) {
      case "jpg", "jpeg": self = .jpeg
      case "png": self = .png
      default: throw CaffeError(.flag, "pictures can't be written as \"\(name)\"; use jpg or png")
      }
    }
  }

  /// The content of a picture file.
  ///
  /// - Throws: `CaffeError` of code `value` when the picture is too large for the format or the memory.
  public func encoded(as type: FileType, quality: Int = 95) throws -> [UInt8] {
    var info = caffe_image_info(height: Int64(height), width: Int64(width), channels: Int32(channels))
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let reason = codecMessage { message in
      withPixels { pixels in
        switch type {
        case .jpeg: caffe_jpeg_encode(pixels, &info, Int32(clamping: quality), &bytes, &count, message)
        case .png: caffe_png_encode(pixels, &info, &bytes, &count, message)
        }
      }
    }
    if let reason {
      throw CaffeError(
        .value, "a picture of \(height)×\(width) can't be written as \(type.rawValue): \(reason); make it smaller")
    }
    defer { caffe_image_free(bytes) }
    return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  }

  /// Writes the picture to the file `path`, whole or not at all; the type is that of the name's end unless given.
  public func write(to path: String, as type: FileType? = nil) throws {
    let end = path.lastIndex(of: ".").map { String(path[$0...]) } ?? ""
    let content = try encoded(as: type ?? FileType(named: end))
    try AtomicFile.write(to: path) { try $0.write(content) }
  }
}
