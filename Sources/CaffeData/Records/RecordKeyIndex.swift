import CaffeCore

/// The records of a database by their number, for reading them in any order.
///
/// Of each key only the start is kept that tells it from the key before: of a million records numbered in eight digits, twelve
/// bytes each.
package struct RecordKeyIndex: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  /// Goes through the keys of `reader`, from the first to the last.
  ///
  /// - Throws: `CaffeError` of code `unsupported` where keys don't come in the order of their bytes, or are too many.
  package init(_ reader: any RecordReader) throws {
    try reader.rewind()
    var last: [UInt8] = []
    while try reader.next() {
      let key = reader.key
      let shared = zip(last, key).prefix { $0 == $1 }.count
      guard ends.isEmpty || (shared < key.count && (shared == last.count || last[shared] < key[shared])) else {
        throw CaffeError(
          .unsupported, file: reader.path,
          "the key \(reader.keyText) doesn't come after the one before in the order of bytes, so records can't be "
            + "found by key; make the database again, or leave shuffle out")
      }
      bytes.append(contentsOf: key.prefix(shared + 1))
      guard let end = UInt32(exactly: bytes.count), ends.count < Int(UInt32.max) else {
        throw CaffeError(
          .unsupported, file: reader.path, "the database has too many records to be shuffled; leave shuffle out")
      }
      ends.append(end)
      last.removeAll(keepingCapacity: true)
      last.append(contentsOf: key)
    }
    try reader.rewind()
  }

  /// The number of records.
  package var count: Int { ends.count }
  /// The memory that it takes.
  package var byteCount: Int { bytes.capacity + ends.capacity * MemoryLayout<UInt32>.stride }

  /// Moves `reader`, one of the same database, to record `number`.
  ///
  /// - Throws: `CaffeError` of code `corrupt` where the database isn't what it was.
  package func move(_ reader: any RecordReader, to number: Int) throws {
    let start = bytes[(number > 0 ? Int(ends[number - 1]) : 0)..<Int(ends[number])]
    let isThere = try start.withUnsafeBytes { try reader.seek($0) }
    guard isThere, reader.key.starts(with: start) else {
      throw CaffeError(
        .corrupt, file: reader.path,
        "record \(number) of \(count) is gone; leave the database alone while it is in use")
    }
  }
}
