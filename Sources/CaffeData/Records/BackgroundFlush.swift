import Dispatch
import Foundation
import Synchronization

/// Brings a file that is being written to the disk on a thread of its own, once at a time.
final class BackgroundFlush: Sendable {
  private let queue = DispatchQueue(label: "flush")
  private let running = DispatchGroup()
  // The system tells of a failed write only once, and it may be here that it does.
  private let failure = Mutex<Int32>(0)

  /// Begins unless it still runs; the file must stay open until `finish`.
  ///
  /// - Returns: 0, or the error number of an earlier one that failed.
  func begin(_ descriptor: Int32) -> Int32 {
    if running.wait(timeout: .now()) == .success {
      queue.async(group: running) { [self] in
        guard fsync(descriptor) != 0 else { return }
        let number = errno
        // A file system that can't do it says so; then the end of the writing will have to do.
        if number != EINVAL, number != EROFS, number != EINTR { failure.withLock { $0 = number } }
      }
    }
    return failure.withLock { $0 }
  }

  /// Waits for the end.
  ///
  /// - Returns: 0, or the error number of one that failed.
  @discardableResult
  func finish() -> Int32 {
    running.wait()
    return failure.withLock { $0 }
  }
}
