import SwiftProtobuf

/// Hands bytes that lie elsewhere, such as a mapped file, to the decoder without a copy.
struct BorrowedBytes: SwiftProtobufContiguousBytes {
  private enum Storage {
    case borrowed(UnsafeRawBufferPointer)
    case owned([UInt8])
  }

  private var storage: Storage

  /// Valid as long as `bytes` is.
  init(borrowing bytes: UnsafeRawBufferPointer) { storage = .borrowed(bytes) }

  init(repeating byte: UInt8, count: Int) { storage = .owned(Array(repeating: byte, count: count)) }

  init<Bytes: Sequence>(_ bytes: Bytes) where Bytes.Element == UInt8 { storage = .owned(Array(bytes)) }

  var count: Int {
    switch storage {
    case .borrowed(let bytes): bytes.count
    case .owned(let bytes): bytes.count
    }
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch storage {
    case .borrowed(let bytes): try body(bytes)
    case .owned(let bytes): try bytes.withUnsafeBytes(body)
    }
  }

  mutating func withUnsafeMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    var bytes = withUnsafeBytes { Array($0) }
    defer { storage = .owned(bytes) }
    return try bytes.withUnsafeMutableBytes(body)
  }
}
