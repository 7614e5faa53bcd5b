import Foundation
import Synchronization

/// Strings for C that live as long as this object.
final class CStrings: Sendable {
  private struct Pointer: @unchecked Sendable {
    let address: UnsafeMutablePointer<CChar>
  }

  private let made = Mutex<[String: Pointer]>([:])

  /// `text` for C; nil when there is no memory.
  func pointer(to text: String) -> UnsafePointer<CChar>? {
    let pointer: Pointer? = made.withLock { made in
      if made[text] == nil { made[text] = strdup(text).map { Pointer(address: $0) } }
      return made[text]
    }
    return pointer.map { UnsafePointer($0.address) }
  }

  deinit {
    for pointer in made.withLock({ $0 }).values { free(pointer.address) }
  }
}
