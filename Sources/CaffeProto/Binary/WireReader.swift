/// Reads the fields of a binary message that we made ourselves, one after the other.
struct WireReader {
  enum Value {
    case number(UInt64)
    case block(UnsafeRawBufferPointer)
  }

  private let bytes: UnsafeRawBufferPointer
  private var index = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The next field's number and value; nil at the end.
  mutating func next() -> (number: Int, value: Value)? {
    guard let tag = varint(), let value = value(Int(tag & 7)) else { return nil }
    return (Int(tag >> 3), value)
  }

  /// The next value of this wire type, without a tag: an entry of a packed list.
  mutating func value(_ wire: Int) -> Value? {
    switch wire {
    case 0: return varint().map(Value.number)
    case 1: return fixed(8).map(Value.number)
    case 5: return fixed(4).map(Value.number)
    default:
      guard let length = varint(), length <= UInt64(bytes.count - index) else { return nil }
      defer { index += Int(length) }
      return .block(UnsafeRawBufferPointer(rebasing: bytes[index..<index + Int(length)]))
    }
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard index < bytes.count else { return nil }
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func fixed(_ size: Int) -> UInt64? {
    guard bytes.count - index >= size else { return nil }
    defer { index += size }
    return (0..<size).reduce(0) { $0 | UInt64(bytes[index + $1]) << UInt64(8 * $1) }
  }
}
