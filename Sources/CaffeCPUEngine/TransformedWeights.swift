import CaffeCore

/// Weights as tiles meet them, made anew when they have changed.
final class TransformedWeights {
  private let room = Workspace()
  /// The weights that were transformed, and of which version they were.
  private weak var weights: Buffer?
  private var version: UInt64 = 0

  /// So many values, which `transform` makes of the weights.
  func values(
    of weights: Buffer, count: Int, transform: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> UnsafePointer<Float> {
    let u = room.room(for: count)
    let w = weights.hostForReading()
    if weights !== self.weights || weights.version != version {
      self.weights = weights
      version = weights.version
      transform(w, u)
    }
    return UnsafePointer(u)
  }
}
