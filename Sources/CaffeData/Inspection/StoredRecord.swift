import CaffeCore
import CaffeProto

/// A record of a database, taken out: what `caffe data show` shows.
public struct StoredRecord: Sendable {
  /// Which one is wanted.
  public enum Choice: Sendable {
    /// The one with this key.
    case key(String)
    /// The one at this place, from 0.
    case index(Int)
  }

  /// The record's key.
  public let key: String
  /// Its place in the database, from 0.
  public let index: Int
  /// Pixels, floats, or the kind of a picture file.
  public let content: String
  /// The number of bytes of the whole record.
  public let byteCount: Int
  /// Channels, height, width.
  public let shape: [Int]
  /// Its labels.
  public let labels: [Float]
  /// Its values, channel by channel.
  public let values: [Float]

  /// Takes a record out of the database at `path`.
  ///
  /// - Throws: `CaffeError` when there is no such record, or it can't be used.
  public init(_ choice: Choice, of path: String) throws {
    let (reader, _) = try DataInspection.open(path)
    var index = 0
    var ends: (first: String, last: String)?
    while try reader.next() {
      let isWanted =
        switch choice {
        case .key(let key): reader.key.elementsEqual(key.utf8)
        case .index(let wanted): index == wanted
        }
      if isWanted {
        do {
          try self.init(reader, index)
        } catch let error as CaffeError {
          throw CaffeError(
            error.code, file: path, "the record with key \(reader.keyText) \(error.message)", cause: error.cause)
        }
        return
      }
      ends = (ends?.first ?? reader.keyText, reader.keyText)
      index += 1
    }
    let range = "there are \(index), with keys from \"\(ends?.first ?? "")\" to \"\(ends?.last ?? "")\""
    switch choice {
    case .key(let key): throw CaffeError(.value, file: path, "there is no record with key \"\(key)\"; \(range)")
    case .index(let wanted):
      throw CaffeError(.value, file: path, "there is no record number \(wanted), from 0; \(range)")
    }
  }

  private init(_ reader: any RecordReader, _ index: Int) throws {
    let inspected = try InspectedRecord(datum: reader.value)
    key = reader.keyText
    self.index = index
    content = inspected.content
    byteCount = reader.value.count
    shape = [inspected.shape.channels, inspected.shape.height, inspected.shape.width]
    labels = inspected.labels
    let decoder = RecordDecoder()
    values = try withExtendedLifetime(decoder) {
      let datum = try decoder.decode(DatumView(reader.value))
      return datum.hasFloats ? datum.floats : datum.data.map(Float.init)
    }
  }

  /// The record as a picture.
  ///
  /// One or three channels make a grey or a coloured one, others stand beside one another in grey. Values that aren't all whole
  /// numbers of 0 to 255 are scaled so that the smallest is black and the largest white.
  public func picture() throws -> Picture {
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    let bytes = pixels()
    if channels == 1 || channels == 3 {
      if let picture = bytes.withUnsafeBytes({ Picture(planes: $0, channels: channels, height: height, width: width) })
      {
        return picture
      }
    }
    let columns = Int(Double(channels).squareRoot().rounded(.up))
    let rows = (channels + columns - 1) / columns
    let (total, overflow) = (rows * (height + 1)).multipliedReportingOverflow(by: columns * (width + 1))
    guard !overflow, total <= Picture.standardPixelLimit else {
      throw CaffeError(.value, "the record with key \(key) has the shape \(shape), too much for a picture")
    }
    let stride = columns * (width + 1) - 1
    var grid = [UInt8](repeating: 0, count: stride * (rows * (height + 1) - 1))
    for channel in 0..<channels {
      let (top, left) = (channel / columns * (height + 1), channel % columns * (width + 1))
      for row in 0..<height {
        let start = (channel * height + row) * width
        let target = (top + row) * stride + left
        grid.replaceSubrange(target..<target + width, with: bytes[start..<start + width])
      }
    }
    return Picture(height: grid.count / stride, width: stride, channels: 1, pixels: grid)
  }

  /// The smallest and the largest value.
  public var range: (minimum: Float, maximum: Float) { (values.min() ?? 0, values.max() ?? 0) }

  private func pixels() -> [UInt8] {
    if values.allSatisfy({ $0 == $0.rounded() && (0...255).contains($0) }) { return values.map { UInt8($0) } }
    let (low, high) = range
    let scale = high > low ? 255 / (high - low) : 0
    return values.map { UInt8(clamping: Int((($0 - low) * scale).rounded())) }
  }
}
