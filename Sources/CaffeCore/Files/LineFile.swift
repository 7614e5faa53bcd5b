#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file of lines that grows: each line is handed to the system whole, so that a program that is killed leaves whole lines.
package final class LineFile {
  private let descriptor: Int32
  private let path: String

  /// Opens the file at `path`, or makes it. A last line that was cut short is ended, so that the next one stands by itself.
  ///
  /// - Throws: `CaffeError` of code `file` when it can't be written.
  package init(appendingTo path: String) throws {
    self.path = path
    descriptor = SystemCalls.open(path, O_RDWR | O_CREAT | O_APPEND)
    guard descriptor >= 0 else { throw SystemCalls.error(path, "the file cannot be written") }
    let end = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    guard end > 0, pread(descriptor, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n") else { return }
    try append("")
  }

  deinit { close(descriptor) }

  /// Adds a line.
  ///
  /// - Throws: `CaffeError` of code `file` when the disk is full or fails.
  package func append(_ line: String) throws { try append(bytes: Array((line + "\n").utf8)) }

  /// Adds bytes, for files whose records aren't lines.
  ///
  /// - Throws: `CaffeError` of code `file` when the disk is full or fails.
  package func append(bytes: [UInt8]) throws { try FileWriter(descriptor: descriptor, path: path).write(bytes) }

  /// Brings what was added to the disk, where it outlasts even the machine's fall.
  package func sync() { _ = SystemCalls.sync(descriptor) }
}
