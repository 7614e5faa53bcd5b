import CaffeCore
import CaffeNet

/// All pictures of a database in one buffer, which an engine keeps in its own memory.
struct RecordCache {
  /// The bytes of all pictures, in the order of the keys.
  let bytes: Buffer
  /// How many there are.
  let count: Int

  /// The most bytes that are kept.
  static let limit = 1 << 30

  /// Reads all records.
  ///
  /// - Returns: Nothing where they can't be kept, with the reason.
  static func read(
    _ reader: any RecordReader, shape: DatumShape, color: Picture.Color
  ) throws -> (cache: RecordCache?, reason: String) {
    let count = try reader.count ?? counted(reader)
    let (size, overflow) = count.multipliedReportingOverflow(by: shape.count)
    guard !overflow, size <= limit else {
      return (nil, "\(count) records of \(shape) are more than \(limit >> 20) MiB")
    }
    // Numbers of pictures are values of a float.
    guard count < 1 << 24 else { return (nil, "\(count) records are more than can be numbered") }
    let bytes = Buffer(count: PackedPictures.room(for: size))
    let target = UnsafeMutableRawPointer(bytes.hostForOverwriting())
    let decoder = RecordDecoder(color: color)
    for index in 0..<count {
      guard try reader.next() else { return (nil, "it has only \(index) records") }
      guard let datum = try? decoder.decode(DatumView(reader.value)), (try? datum.checkedShape()) == shape,
        !datum.hasFloats, let pixels = datum.data.baseAddress
      else { return (nil, "the record with key \(reader.keyText) is no picture of \(shape) in bytes") }
      (target + index * shape.count).copyMemory(from: pixels, byteCount: shape.count)
    }
    return (RecordCache(bytes: bytes, count: count), "")
  }

  private static func counted(_ reader: any RecordReader) throws -> Int {
    var count = 0
    while try reader.next() { count += 1 }
    try reader.rewind()
    return count
  }
}
