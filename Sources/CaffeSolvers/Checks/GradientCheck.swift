import CaffeCore
import CaffeNet

/// Compares the gradients of each iteration with differences of the loss, for layers of one's own or a net that doesn't learn.
///
/// ```swift
/// solver.observers.append(GradientCheck(iterations: 10))
/// ```
///
/// Each check takes several forward passes for each parameter. The training itself isn't changed: it goes as without.
public final class GradientCheck: SolverObserver {
  /// How many iterations are checked, counted from the first one seen.
  public let iterations: Int
  /// How many values of each parameter are looked at.
  public let samples: Int
  /// The iterations checked.
  public private(set) var checked = 0
  /// What was found in all of them.
  public private(set) var total = GradientCheckResult()

  private static let shown = 5

  /// Checks the first `iterations` iterations; without a number all.
  public init(iterations: Int = .max, samples: Int = 3) {
    self.iterations = iterations
    self.samples = samples
  }

  /// Checks the iteration's last batch.
  public func solverHasGradients(_ solver: Solver) throws {
    guard checked < iterations, total.refusal == nil else { return }
    let result = try solver.net.checkGradients(samples: samples, seed: UInt64(solver.iteration))
    let (logger, place) = (solver.context.logger, "Gradient check, iteration \(solver.iteration)")
    total.refusal = result.refusal
    if let refusal = result.refusal {
      logger.warning("\(place): nothing is checked, since \(refusal)", at: "solver.cpp:239")
      return
    }
    checked += 1
    total.compared += result.compared
    total.passedOver += result.passedOver
    total.disagreements += result.disagreements
    for disagreement in result.disagreements.prefix(GradientCheck.shown) {
      logger.warning("\(place): \(disagreement)", at: "solver.cpp:239")
    }
    logger.info("\(place): \(GradientCheck.summary(result))", at: "solver.cpp:239")
  }

  /// What was found in all, on one line.
  public var summary: String { "\(checked) iterations: \(GradientCheck.summary(total))" }

  private static func summary(_ result: GradientCheckResult) -> String {
    let passed = result.passedOver == 0 ? "" : ", \(result.passedOver) passed over at kinks"
    return "\(result.compared) values compared, \(result.disagreements.count) disagree\(passed)"
  }
}
