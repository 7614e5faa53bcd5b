import CaffeCore

/// A `Datum` read where it lies in a database: its pixels aren't copied, unlike with the generated message.
///
/// Valid as long as the bytes that it was read from.
package struct DatumView {
  /// The extents of the picture; 0 where the record doesn't say.
  package private(set) var channels = 0
  package private(set) var height = 0
  package private(set) var width = 0
  /// The class.
  package private(set) var label = 0
  /// The labels where there are several, or fractions; they stand in for `label`.
  package private(set) var floatLabels: [Float] = []
  /// Whether `data` is the content of a picture file.
  package private(set) var isEncoded = false
  /// One byte a value, channel by channel.
  package private(set) var data = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The values where they are floats.
  package private(set) var floats: [Float] = []

  /// Reads a record.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when the bytes are no `Datum`; the caller adds the record's key.
  package init(_ bytes: UnsafeRawBufferPointer) throws {
    var wire = WireReader(bytes)
    while !wire.isAtEnd {
      let tag = try wire.varint()
      switch tag {
      case 1 << 3: channels = Int(Int32(truncatingIfNeeded: try wire.varint()))
      case 2 << 3: height = Int(Int32(truncatingIfNeeded: try wire.varint()))
      case 3 << 3: width = Int(Int32(truncatingIfNeeded: try wire.varint()))
      case 4 << 3 | 2: data = try wire.bytes()
      case 5 << 3: label = Int(Int32(truncatingIfNeeded: try wire.varint()))
      case 6 << 3 | 2: try DatumView.append(wire.bytes(), to: &floats)
      case 6 << 3 | 5: try DatumView.append(wire.bytes(4), to: &floats)
      case 7 << 3: isEncoded = try wire.varint() != 0
      case 9001 << 3 | 2: try DatumView.append(wire.bytes(), to: &floatLabels)
      case 9001 << 3 | 5: try DatumView.append(wire.bytes(4), to: &floatLabels)
      default: try wire.skip(tag)
      }
    }
  }

  /// The number of labels.
  package var labelCount: Int { max(1, floatLabels.count) }

  /// Whether the values are floats rather than bytes.
  package var hasFloats: Bool { data.isEmpty && !floats.isEmpty }

  /// The shape of the picture, checked against the values that are there.
  ///
  /// - Throws: `CaffeError` of code `corrupt` where they don't agree, of code `unsupported` for a picture file that a
  ///   `RecordDecoder` hasn't decoded.
  package func checkedShape() throws -> DatumShape {
    guard !isEncoded else {
      throw CaffeError(.unsupported, "holds a picture file (encoded: true), which isn't read here; decode it first")
    }
    let shape = DatumShape(channels: channels, height: height, width: width)
    let found = hasFloats ? floats.count : data.count
    guard channels > 0, height > 0, width > 0 else {
      throw CaffeError(
        .corrupt, "is a Datum of \(shape): all three extents must be positive; make the database again")
    }
    let (plane, first) = height.multipliedReportingOverflow(by: width)
    let (count, second) = plane.multipliedReportingOverflow(by: channels)
    guard !first, !second, count == found else {
      throw CaffeError(
        .corrupt, "is a Datum of \(shape) with \(found) values, which is not their product; make the database again")
    }
    return shape
  }

  /// The record with its picture file decoded to `pixels`, which lie channel by channel and outlive the result.
  func decoded(_ pixels: UnsafeRawBufferPointer, _ shape: DatumShape) -> DatumView {
    var copy = self
    copy.isEncoded = false
    copy.data = pixels
    copy.floats = []
    copy.channels = shape.channels
    copy.height = shape.height
    copy.width = shape.width
    return copy
  }

  private static func append(_ bytes: UnsafeRawBufferPointer, to floats: inout [Float]) throws {
    guard bytes.count % 4 == 0 else { throw WireReader.damaged }
    floats.reserveCapacity(floats.count + bytes.count / 4)
    for offset in stride(from: 0, to: bytes.count, by: 4) {
      let pattern = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      floats.append(Float(bitPattern: UInt32(littleEndian: pattern)))
    }
  }
}

/// The extents of a picture.
package struct DatumShape: Hashable, Sendable, CustomStringConvertible {
  package var channels: Int
  package var height: Int
  package var width: Int

  package init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  package var count: Int { channels * height * width }
  package var description: String { "\(channels)×\(height)×\(width)" }
}

/// The fields of a protobuf message, one after the other, with every length checked.
struct WireReader {
  static let damaged = CaffeError(.corrupt, "is not a Datum message; make the database again")

  private let content: UnsafeRawBufferPointer
  private var position = 0

  init(_ content: UnsafeRawBufferPointer) { self.content = content }

  var isAtEnd: Bool { position == content.count }

  mutating func varint() throws -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < content.count else { throw WireReader.damaged }
      let byte = content[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    throw WireReader.damaged
  }

  /// The bytes of a field that says its length.
  mutating func bytes() throws -> UnsafeRawBufferPointer {
    let length = try varint()
    guard length <= UInt64(content.count - position) else { throw WireReader.damaged }
    return try bytes(Int(length))
  }

  mutating func bytes(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count <= content.count - position else { throw WireReader.damaged }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: content[position..<position + count])
  }

  mutating func skip(_ tag: UInt64) throws {
    guard tag >> 3 > 0 else { throw WireReader.damaged }
    switch tag & 7 {
    case 0: _ = try varint()
    case 1: _ = try bytes(8)
    case 2: _ = try bytes()
    case 5: _ = try bytes(4)
    default: throw WireReader.damaged
    }
  }
}
