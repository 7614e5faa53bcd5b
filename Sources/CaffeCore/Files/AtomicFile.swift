#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes files that are either there as a whole or not at all.
///
/// The content goes to a temporary name in the same folder, is synced to the disk and then renamed. Whatever
/// fails, the temporary file is removed and what was there before stays as it was.
public enum AtomicFile {
  /// Replaces the file at `path` by what `body` writes.
  ///
  /// Throws `CaffeError` if the folder is missing or not writable or the disk is full, and what `body`
  /// throws.
  public static func write(to path: String, _ body: (FileWriter) throws -> Void) throws {
    try replace(path) { temporary in
      let isDevice = temporary == path
      let flags = isDevice ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL
      let descriptor = SystemCalls.open(temporary, flags)
      guard descriptor >= 0 else { throw SystemCalls.error(path, "the file cannot be written", errno) }
      defer { close(descriptor) }
      try body(FileWriter(descriptor: descriptor, path: path))
    }
  }

  /// Replaces the file at `path` by the one that `body` makes at the temporary path that it is given.
  ///
  /// For libraries that open files by name. A device such as `/dev/null` is handed to `body` itself.
  public static func replace(_ path: String, _ body: (_ temporaryPath: String) throws -> Void) throws {
    let target = SystemCalls.resolved(path)
    switch SystemCalls.kind(of: target) {
    case .folder:
      throw CaffeError(
        .file, file: path, "this is a folder where a file is to be written; choose another name")
    case .other:
      return try body(path)
    case .regular, .missing: break
    }
    guard !SystemCalls.name(of: target).isEmpty else {
      throw CaffeError(.file, file: path, "the path of the file to be written names no file; add a name")
    }
    let temporary = temporaryPath(for: target)
    do {
      try body(temporary)
      try syncFile(temporary, path)
      guard rename(temporary, target) == 0 else {
        throw SystemCalls.error(path, "the file cannot be put in its place")
      }
    } catch {
      unlink(temporary)
      throw error
    }
    try syncFolder(of: target, path)
  }

  private static func temporaryPath(for target: String) -> String {
    let name = SystemCalls.name(of: target).utf8.prefix(200)
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    return
      "\(SystemCalls.folder(of: target))/.\(String(decoding: name, as: UTF8.self)).\(getpid()).\(unique).tmp"
  }

  private static func syncFile(_ temporary: String, _ path: String) throws {
    let descriptor = SystemCalls.open(temporary, O_RDONLY)
    guard descriptor >= 0 else { throw SystemCalls.error(path, "the file cannot be written") }
    defer { close(descriptor) }
    guard SystemCalls.sync(descriptor) == 0 else {
      throw SystemCalls.error(path, "the file cannot be brought to the disk")
    }
  }

  /// The rename itself is only safe once the folder is on the disk; some file systems cannot sync folders.
  private static func syncFolder(of target: String, _ path: String) throws {
    let descriptor = SystemCalls.open(SystemCalls.folder(of: target), O_RDONLY)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if SystemCalls.sync(descriptor) != 0, errno == EIO || errno == ENOSPC {
      throw SystemCalls.error(path, "the file's folder cannot be brought to the disk")
    }
  }
}

/// Takes the bytes of a file that `AtomicFile` writes.
public struct FileWriter {
  let descriptor: Int32
  let path: String

  /// Appends bytes; throws `CaffeError` if the disk is full or fails.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      let count = SystemCalls.repeatedly { systemWrite(descriptor, piece) }
      guard count > 0 else {
        throw SystemCalls.error(path, "the file cannot be written (\(bytes.count) bytes were to be added)")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Appends bytes; throws `CaffeError` if the disk is full or fails.
  public func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
