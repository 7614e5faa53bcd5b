import Synchronization

/// What all engines on the same libraries have together.
final class SharedParts: Sendable {
  private let hasTold = Atomic(false)

  /// Whether nobody asked this before: what is the same for all engines is said once.
  func isFirstToTell() -> Bool { !hasTold.exchange(true, ordering: .relaxed) }
}
