#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file, mapped into memory, so that reading a large weights file copies nothing.
///
/// A pipe or a device is read to its end instead. The bytes stay valid as long as the object lives.
package final class MappedFile {
  private let mapped: UnsafeRawBufferPointer
  private let ownsMapping: Bool

  /// Opens and maps the file; throws `CaffeError` if it is missing, a folder or not readable.
  package init(_ path: String) throws {
    let descriptor = SystemCalls.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw SystemCalls.error(path, "the file cannot be opened") }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw SystemCalls.error(path, "the file cannot be read") }
    switch SystemCalls.kind(of: info) {
    case .folder:
      throw CaffeError(.file, file: path, "this is a folder where a file was expected; name a file inside it")
    case .regular where info.st_size > 0:
      let size = Int(info.st_size)
      guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
        throw SystemCalls.error(path, "the file cannot be mapped")
      }
      mapped = UnsafeRawBufferPointer(start: start, count: size)
      ownsMapping = true
    default:
      mapped = try Self.readAll(descriptor, path)
      ownsMapping = false
    }
  }

  deinit {
    if ownsMapping {
      munmap(UnsafeMutableRawPointer(mutating: mapped.baseAddress), mapped.count)
    } else {
      mapped.deallocate()
    }
  }

  /// The file's size in bytes.
  package var count: Int { mapped.count }

  /// Calls `body` with the file's bytes.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(mapped)
  }

  private static func readAll(_ descriptor: Int32, _ path: String) throws -> UnsafeRawBufferPointer {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = SystemCalls.repeatedly { read(descriptor, &chunk, chunk.count) }
      guard count >= 0 else { throw SystemCalls.error(path, "the file cannot be read") }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    copy.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(copy)
  }
}
