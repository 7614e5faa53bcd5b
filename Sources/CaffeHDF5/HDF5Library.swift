import CHDF5
import Synchronization

/// The one way into libhdf5: one call at a time, since the library isn't thread-safe, and failures with their reason.
enum HDF5Library {
  /// Why a call failed, in the library's words.
  struct Failure: Error {
    let reason: String
  }

  private static let turn = Mutex(())

  /// Makes a call; `body` must do nothing else, so that no handle is closed while we hold the lock.
  static func call(_ body: () -> Int64) throws(Failure) -> Int64 {
    let result: (value: Int64, reason: String) = turn.withLock { _ in
      let value = body()
      return (value, value < 0 ? lastReason() : "")
    }
    guard result.value >= 0 else { throw Failure(reason: result.reason) }
    return result.value
  }

  /// In one line. A failed call of the system comes with all its circumstances, of which the system's own words are enough.
  private static func lastReason() -> String {
    let reason = text(capacity: 512) { caffe_h5_error($0, $1) }
    if let words = reason.firstMatch(of: /errno = \d+, error message = '([^']*)'/) { return String(words.output.1) }
    return reason.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The text that `body` writes to a buffer.
  static func text(capacity: Int, _ body: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      start.initialize(repeating: 0, count: capacity)
      body(start, capacity)
      return String(cString: start)
    }
  }
}

/// Something open in the library, closed with its last owner.
final class HDF5Handle: Sendable {
  let id: Int64

  init(_ id: Int64) { self.id = id }

  deinit { _ = try? HDF5Library.call { caffe_h5_close(id) } }
}
