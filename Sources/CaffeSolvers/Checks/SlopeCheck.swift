/// Compares a derivative with central differences of the function.
///
/// Where they disagree, smaller steps are tried. A wrong derivative stays wrong by the same amount, whatever the step. If the slopes change
/// with it instead, a kink lies within the step, or many do, and there is no derivative to compare with.
package struct SlopeCheck {
  /// What a comparison found.
  package enum Outcome: Hashable, Sendable {
    case agrees
    /// The slopes say nothing, since they change with the step.
    case kink
    /// Another slope than the derivative.
    case disagrees(slope: Double)
  }

  /// How far the value is moved to both sides, from the largest step to the smallest; two or more.
  package var steps: [Float]
  /// The largest difference, as a share of the larger of derivative, slope and `floor`.
  package var threshold: Double
  /// What smaller numbers are compared as, given the step: rounding drowns them.
  package var floor: (Float) -> Double

  /// Makes a check.
  package init(steps: [Float] = [1e-2, 5e-3], threshold: Double = 2e-3, floor: @escaping (Float) -> Double = { _ in 1 })
  {
    self.steps = steps
    self.threshold = threshold
    self.floor = floor
  }

  /// Compares `derivative` with the slopes of `function` at `value`.
  package func compare(
    _ derivative: Double, at value: Float, _ function: (Float) throws -> Double
  ) rethrows -> Outcome {
    var slopes: [Double] = []
    for step in steps {
      let slope = try slope(at: value, step, function)
      if agree(derivative, slope, step) {
        // After a step at which they didn't, that means something only where it isn't all rounding.
        let isDrowned = max(abs(derivative), abs(slope)) < floor(step)
        return slopes.isEmpty || !isDrowned ? .agrees : .kink
      }
      slopes.append(slope)
    }
    let (last, before) = (slopes[slopes.count - 1], slopes[slopes.count - 2])
    let isSteady = agree(last, before, steps[steps.count - 1]) && 4 * abs(last - before) <= abs(derivative - last)
    return isSteady ? .disagrees(slope: last) : .kink
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
