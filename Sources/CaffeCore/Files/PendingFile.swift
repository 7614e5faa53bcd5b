#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that grows under a temporary name and gets its own with `finish`; dropped without, it is removed.
///
/// For content that comes in pieces over a long time; what comes at once is written by `AtomicFile`.
package final class PendingFile {
  /// The path that the file will have.
  package let path: String
  private let temporary: String
  private var descriptor: Int32

  /// Begins a file that will be at `path`; what is there stays until `finish`.
  ///
  /// - Throws: `CaffeError` of code `file` when the folder is missing or can't be written.
  package init(_ path: String) throws {
    self.path = path
    guard !SystemCalls.name(of: path).isEmpty else {
      throw CaffeError(.file, file: path, "the path of the file to be written names no file; add a name")
    }
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    temporary = "\(SystemCalls.folder(of: path))/.\(SystemCalls.name(of: path)).\(getpid()).\(unique).tmp"
    descriptor = SystemCalls.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
    guard descriptor >= 0 else { throw SystemCalls.error(path, "the file cannot be written") }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }

  /// Adds bytes at the end.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard descriptor >= 0 else { throw CaffeError(.file, file: path, "the file is finished; nothing can be added") }
    try FileWriter(descriptor: descriptor, path: path).write(bytes)
  }

  /// Puts `bytes` in the place of as many at the beginning, and gives the file its name.
  package func finish(beginning bytes: [UInt8] = []) throws {
    guard descriptor >= 0 else { return }
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemCalls.error(path, "the file cannot be written") }
    try FileWriter(descriptor: descriptor, path: path).write(bytes)
    try AtomicFile.replace(path) { target in
      guard rename(temporary, target) == 0 else {
        throw SystemCalls.error(path, "the file cannot be put in its place")
      }
    }
    close(descriptor)
    descriptor = -1
  }
}
