import CaffeCore
import CaffeProto

/// The learning rates that a solver will take, known before it trains.
///
/// What follows from the loss can't be known: of the policy `plateau` it is the rate before the first fall.
public struct RateForecast: Sendable {
  /// The rate before policy and warm-up.
  public let baseRate: Float
  /// The policy.
  public let policy: RatePolicy
  /// The number of iterations.
  public let iterations: Int
  private let warmUp: WarmUp

  /// Reads the fields of `solver`.
  ///
  /// - Throws: `CaffeError` when one is missing or out of range.
  public init(_ solver: SolverParameter) throws {
    guard solver.hasBaseLr, solver.baseLr >= 0, solver.baseLr.isFinite else {
      throw CaffeError(.field, "the solver has no base_lr of 0 or more; give a learning rate, often 0.01")
    }
    guard solver.maxIter > 0 else {
      throw CaffeError(.field, "the solver has no max_iter; say for how many iterations it trains")
    }
    baseRate = solver.baseLr
    policy = try RatePolicy(solver)
    warmUp = try WarmUp(solver)
    iterations = Int(solver.maxIter)
  }

  /// The rate of `iteration`.
  public func rate(at iteration: Int) -> Float {
    warmUp.rate(at: iteration) { policy.rate(base: baseRate, iteration: $0) }
  }
}
