import CaffeCore
import CaffeProto

/// What an inspection wants to know of a record.
struct InspectedRecord: Sendable {
  /// Pixels, floats, or the kind of a picture file.
  let content: String
  let shape: DatumShape
  let labels: [Float]
  /// Whether it holds a picture file, whose size may differ from the others'.
  let isFile: Bool
  private let checksum: UInt64

  /// What equals for records of the same content, and hardly ever for others.
  var identity: Identity { Identity(shape: shape, checksum: checksum) }

  struct Identity: Hashable {
    let shape: DatumShape
    let checksum: UInt64
  }

  /// Looks at the record of a database.
  ///
  /// - Throws: `CaffeError` where it can't be used.
  init(datum bytes: UnsafeRawBufferPointer) throws {
    let datum = try DatumView(bytes)
    labels = datum.floatLabels.isEmpty ? [Float(datum.label)] : datum.floatLabels
    isFile = datum.isEncoded
    if datum.isEncoded {
      (content, shape) = try InspectedRecord.picture(datum.data)
      checksum = Checksum.of(datum.data)
    } else {
      shape = try datum.checkedShape()
      content = datum.hasFloats ? "floats" : "pixels"
      checksum = datum.hasFloats ? datum.floats.withUnsafeBytes { Checksum.of($0) } : Checksum.of(datum.data)
      guard datum.floats.allSatisfy(\.isFinite) else {
        throw CaffeError(.value, "holds values that aren't finite numbers; make it again")
      }
    }
    guard labels.allSatisfy(\.isFinite) else {
      throw CaffeError(.value, "has a label that isn't a finite number; make it again")
    }
  }

  /// Looks at the picture of a list.
  init(picture path: String, labels: [Float]) throws {
    let file = try MappedFile(path)
    do {
      (content, shape, checksum) = try file.withBytes {
        let (content, shape) = try InspectedRecord.picture($0)
        return (content, shape, Checksum.of($0))
      }
    } catch let error as CaffeError {
      throw CaffeError(error.code, "this file \(error.message)", cause: error.cause)
    }
    self.labels = labels
    isFile = true
  }

  private static func picture(_ bytes: UnsafeRawBufferPointer) throws -> (String, DatumShape) {
    let picture = try Picture(decoding: bytes, color: .asStored)
    return (PictureFormat(bytes).name, picture.shape)
  }
}

extension PictureFormat {
  /// The format in a word.
  var name: String {
    switch self {
    case .jpeg: "JPEG"
    case .png: "PNG"
    case .webp: "WebP"
    case .bmp: "BMP"
    case .gif: "GIF"
    case .pnm: "PNM"
    case .foreign: "foreign"
    }
  }
}
