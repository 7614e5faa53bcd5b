/// Records that wait to be written, in one piece of memory.
struct RecordBatch {
  /// A transaction is written when it has this many records,
  static let recordLimit = 1000
  /// or this many bytes, so that large pictures don't fill the memory.
  static let byteLimit = 16 << 20

  private var bytes: [UInt8] = []
  private var records: [(key: Range<Int>, value: Range<Int>)] = []

  var isEmpty: Bool { records.isEmpty }
  var isFull: Bool { records.count >= RecordBatch.recordLimit || bytes.count >= RecordBatch.byteLimit }

  mutating func append(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let start = bytes.count
    bytes.append(contentsOf: key)
    let middle = bytes.count
    bytes.append(contentsOf: value)
    records.append((start..<middle, middle..<bytes.count))
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }

  func forEach(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void) rethrows {
    try bytes.withUnsafeBytes { bytes in
      for record in records {
        try body(
          UnsafeRawBufferPointer(rebasing: bytes[record.key]),
          UnsafeRawBufferPointer(rebasing: bytes[record.value]))
      }
    }
  }
}
