/// Compares a derivative with central differences of the function.
///
/// Where they disagree, half the step is tried too. If the two slopes aren't alike, a kink lies within the step and there is no
/// derivative to compare with, or the function bends too much for this step.
package struct SlopeCheck {
  /// What a comparison found.
  package enum Outcome: Hashable, Sendable {
    case agrees
    /// The slopes say nothing, since they change with the step.
    case kink
    /// Another slope than the derivative.
    case disagrees(slope: Double)
  }

  /// How far the value is moved to both sides; a later one is tried where an earlier one says nothing.
  package var steps: [Float]
  /// The largest difference, as a share of the larger of derivative, slope and `floor`.
  package var threshold: Double
  /// What smaller numbers are compared as, given the step: rounding drowns them.
  package var floor: (Float) -> Double

  /// Makes a check.
  package init(steps: [Float] = [1e-2], threshold: Double = 2e-3, floor: @escaping (Float) -> Double = { _ in 1 }) {
    self.steps = steps
    self.threshold = threshold
    self.floor = floor
  }

  /// Compares `derivative` with the slopes of `function` at `value`.
  package func compare(
    _ derivative: Double, at value: Float, _ function: (Float) throws -> Double
  ) rethrows -> Outcome {
    for step in steps {
      let whole = try slope(at: value, step, function)
      if agree(derivative, whole, step) { return .agrees }
      let half = try slope(at: value, step / 2, function)
      if agree(derivative, half, step / 2) { return .agrees }
      // A wrong derivative stays wrong by the same amount, whatever the step.
      if agree(whole, half, step / 2), 4 * abs(whole - half) <= abs(derivative - half) {
        return .disagrees(slope: half)
      }
    }
    return .kink
  }

  private func agree(_ a: Double, _ b: Double, _ step: Float) -> Bool {
    abs(a - b) <= threshold * max(floor(step), abs(a), abs(b))
  }

  private func slope(at value: Float, _ step: Float, _ function: (Float) throws -> Double) rethrows -> Double {
    // What the sums of floats make of the step isn't the step itself.
    let (above, below) = (value + step, value - step)
    let upper = try function(above)
    let lower = try function(below)
    return (upper - lower) / Double(above - below)
  }
}
