import CaffeCore
import CaffeNet
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps other processes from training with the same snapshot prefix: a lock on the file `<prefix>.lock`, as long as this object lives.
///
/// The system frees the lock when the process ends, however it ends; a file that is left over locks nothing.
public final class SnapshotLock {
  private let path: String
  private let descriptor: Int32

  /// Takes the lock, and clears away what killed runs left under temporary names.
  ///
  /// - Returns: `nil` where there can be no lock file: a folder that can't be written to, a file system without locks.
  /// - Throws: `CaffeError` when another process has it.
  public init?(prefix: String, context: Context) throws {
    path = context.path(prefix) + ".lock"
    try? FileManager.default.createDirectory(
      atPath: SystemCalls.folder(of: path), withIntermediateDirectories: true)
    guard let descriptor = try SnapshotLock.lock(path, prefix) else { return nil }
    self.descriptor = descriptor
    SnapshotFolder(prefix: prefix, context: context).removeTemporaryFiles()
  }

  deinit { release() }

  /// Removes the file and frees the lock, once.
  private func release() {
    unlink(path)
    close(descriptor)
  }

  private static func lock(_ path: String, _ prefix: String) throws -> Int32? {
    // Who had the lock may remove the file between opening and locking it; then there is a new one.
    for _ in 0..<100 {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { return nil }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let code = errno
        close(descriptor)
        guard code == EWOULDBLOCK else { return nil }
        throw CaffeError(
          .file, file: path,
          "another process is training with snapshot_prefix \"\(prefix)\"; wait for its end, or choose another prefix")
      }
      var (own, there) = (stat(), stat())
      if fstat(descriptor, &own) == 0, stat(path, &there) == 0, own.st_ino == there.st_ino, own.st_dev == there.st_dev {
        return descriptor
      }
      close(descriptor)
    }
    return nil
  }
}
