import CaffeCore
import CaffeProto

/// A start at a low rate, which climbs in a straight line to the policy's.
///
/// With large batches or adaptive rules the first steps would otherwise be too long for weights that nothing is known of.
///
/// Source: Goyal and others, "Accurate, large minibatch SGD: Training ImageNet in 1 hour" (2017).
struct WarmUp {
  /// The number of iterations before the policy alone counts; 0 for no warm-up.
  let iterations: Int
  /// The rate of iteration 0.
  let start: Float

  init(_ solver: SolverParameter) throws {
    guard solver.warmupIter >= 0 else {
      throw CaffeError(.value, "warmup_iter: \(solver.warmupIter) in the solver; give 0 or more")
    }
    guard solver.warmupStartLr >= 0, solver.warmupStartLr.isFinite else {
      throw CaffeError(
        .value, "warmup_start_lr: \(solver.warmupStartLr.general) in the solver; give a finite number, 0 or more")
    }
    guard !solver.hasWarmupStartLr || solver.warmupIter > 0 else {
      throw CaffeError(
        .field, "warmup_start_lr without warmup_iter does nothing; say for how many iterations the rate is to climb")
    }
    iterations = Int(solver.warmupIter)
    start = solver.warmupStartLr
  }

  /// The rate of `iteration`, where the policy's is `rate(iteration)`.
  func rate(at iteration: Int, _ rate: (Int) -> Float) -> Float {
    guard iteration < iterations else { return rate(iteration) }
    let share = Double(iteration) / Double(iterations)
    return Float(Double(start) + (Double(rate(iterations)) - Double(start)) * share)
  }
}
