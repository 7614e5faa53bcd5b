import CaffeCore

/// Weights as tiles meet them.
///
/// While they are trained they change from pass to pass, and what becomes of them is made for each in scratch; from the second pass with the same
/// weights on, as in tests or where several batches make an iteration, it is kept.
final class TransformedWeights {
  private let workers: Workers
  private var kept: AlignedMemory?
  /// The weights of the last pass, and of which version they were.
  private weak var weights: Buffer?
  private var version: UInt64 = 0

  init(_ workers: Workers) {
    self.workers = workers
  }

  /// Calls `body` with so many values, which `transform` makes of the weights.
  func withValues(
    of weights: Buffer, count: Int, _ body: (UnsafePointer<Float>) -> Void,
    transform: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let w = weights.hostForReading()
    let areSame = weights === self.weights && weights.version == version
    self.weights = weights
    version = weights.version
    guard areSame || kept != nil else {
      return workers.withRoom(for: count) { values in
        transform(w, values)
        body(values)
      }
    }
    let values = kept ?? AlignedMemory(count: count)
    if !areSame || kept == nil { transform(w, values.pointer) }
    kept = values
    body(values.pointer)
  }
}
