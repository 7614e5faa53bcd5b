import CaffeCore

/// The content of a `.checkpoint` file: records by name, in a small format of our own.
///
/// All numbers are little-endian. The file: the eight bytes `CAFFECKP`; the version, 1, as UInt32; then the records; last the
/// checksum, UInt64, of all bytes before. The records: their number as UInt64, then each, sorted by name, as its name and four tables
/// (integers, numbers, texts, arrays of Float). A table is its number of entries and each entry's name and value. A text is its number
/// of bytes, as UInt64, and its UTF-8 bytes; an array is its number of values and the values.
struct CheckpointFile: Equatable {
  var records: [String: CheckpointRecord] = [:]

  private static let magic = Array("CAFFECKP".utf8)
  private static let version: UInt32 = 1

  init() {}

  // MARK: - Writing

  func write(to path: String) throws {
    var writer = ByteWriter()
    writer.bytes += CheckpointFile.magic
    writer.append(CheckpointFile.version)
    writer.append(UInt64(records.count))
    for (name, record) in records.sorted(by: { $0.key < $1.key }) {
      writer.append(name)
      writer.append(record.integers) { $0.append(UInt64(bitPattern: $1)) }
      writer.append(record.numbers) { $0.append($1.bitPattern) }
      writer.append(record.texts) { $0.append($1) }
      writer.append(record.arrays) { $0.append($1) }
    }
    writer.append(writer.bytes.withUnsafeBytes { Checksum.of($0) })
    try AtomicFile.write(to: path) { try $0.write(writer.bytes) }
  }

  // MARK: - Reading

  /// Reads the file at `path`; `file` is what errors call it.
  init(_ path: String, file: String) throws {
    let content = try MappedFile(path)
    do {
      records = try content.withBytes { try CheckpointFile.records($0) }
    } catch var error as CaffeError {
      error.location = FileLocation(file: file)
      throw error
    }
  }

  private static func records(_ bytes: UnsafeRawBufferPointer) throws -> [String: CheckpointRecord] {
    guard bytes.count >= magic.count, bytes.prefix(magic.count).elementsEqual(magic) else {
      throw CaffeError(.corrupt, "this is no checkpoint: it doesn't begin as one; go on from another snapshot")
    }
    let end = bytes.count - 8
    guard end >= magic.count + 4,
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self))
        == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    else { throw damaged() }
    var reader = ByteReader(bytes: UnsafeRawBufferPointer(rebasing: bytes[magic.count..<end]))
    let found: UInt32 = try reader.integer()
    guard found == version else {
      throw CaffeError(
        .corrupt, "the checkpoint has version \(found), where \(version) is expected; use the version that wrote it")
    }
    var records: [String: CheckpointRecord] = [:]
    for _ in 0..<(try reader.integer() as UInt64) {
      let name = try reader.text()
      records[name] = CheckpointRecord(
        integers: try reader.table { Int64(bitPattern: try $0.integer()) },
        numbers: try reader.table { Double(bitPattern: try $0.integer()) },
        texts: try reader.table { try $0.text() }, arrays: try reader.table { try $0.floats() })
    }
    return records
  }

  fileprivate static func damaged() -> CaffeError {
    CaffeError(.corrupt, "the checkpoint was cut or damaged: its checksum is wrong; go on from another snapshot")
  }
}

private struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func append(_ text: String) {
    append(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  mutating func append(_ values: [Float]) {
    append(UInt64(values.count))
    values.withUnsafeBytes { bytes += $0 }
  }

  mutating func append<Value>(_ table: [String: Value], _ body: (inout ByteWriter, Value) -> Void) {
    append(UInt64(table.count))
    for (name, value) in table.sorted(by: { $0.key < $1.key }) {
      append(name)
      body(&self, value)
    }
  }
}

private struct ByteReader {
  var bytes: UnsafeRawBufferPointer

  mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= bytes.count else { throw CheckpointFile.damaged() }
    defer { bytes = UnsafeRawBufferPointer(rebasing: bytes[count...]) }
    return UnsafeRawBufferPointer(rebasing: bytes[..<count])
  }

  mutating func integer<Value: FixedWidthInteger>() throws -> Value {
    Value(littleEndian: try take(MemoryLayout<Value>.size).loadUnaligned(as: Value.self))
  }

  private mutating func count() throws -> Int {
    guard let count = Int(exactly: try integer() as UInt64), count <= bytes.count else {
      throw CheckpointFile.damaged()
    }
    return count
  }

  mutating func text() throws -> String { String(decoding: try take(count()), as: UTF8.self) }

  mutating func floats() throws -> [Float] {
    let count = try count()
    let source = try take(count * MemoryLayout<Float>.size)
    return [Float](unsafeUninitializedCapacity: count) { target, initialized in
      UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
      initialized = count
    }
  }

  mutating func table<Value>(_ body: (inout ByteReader) throws -> Value) throws -> [String: Value] {
    var table: [String: Value] = [:]
    for _ in 0..<(try count()) {
      let name = try text()
      table[name] = try body(&self)
    }
    return table
  }
}
