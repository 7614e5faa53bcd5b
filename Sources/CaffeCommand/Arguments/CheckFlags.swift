import ArgumentParser
import Caffe

/// Flags about what a training looks at beside the loss.
struct CheckFlags: ParsableArguments {
  @Option(
    name: .customLong("on_nan"),
    help:
      "What happens when the loss or a gradient isn't finite: stop (status 2), warn, or skip (that update is left out)."
  )
  var onNonFinite: NonFinitePolicy = .stop

  @Option(
    name: .customLong("check_gradients"),
    help: "Compare gradients with differences of the loss, in every iteration or, with =N, in the first N. Slow.")
  var gradientCheck: GradientCheckExtent = .none

  /// Sets `solver` up.
  ///
  /// - Returns: The check of its gradients, if one is wanted.
  func apply(to solver: Solver) -> GradientCheck? {
    solver.nonFinitePolicy = onNonFinite
    guard gradientCheck.iterations > 0 else { return nil }
    let check = GradientCheck(iterations: gradientCheck.iterations)
    solver.observers.append(check)
    return check
  }
}

/// What flags mean that are given without a value but aren't true or false.
let impliedValues = ["check_gradients": "all"]

/// How many iterations' gradients are checked.
struct GradientCheckExtent: ExpressibleByArgument {
  static let none = GradientCheckExtent(iterations: 0)

  let iterations: Int

  var defaultValueDescription: String { "none" }

  private init(iterations: Int) { self.iterations = iterations }

  init?(argument: String) {
    switch argument {
    case "all", "true": self.init(iterations: .max)
    case "none", "false": self.init(iterations: 0)
    default:
      guard let count = Int(argument), count >= 0 else { return nil }
      self.init(iterations: count)
    }
  }
}

extension NonFinitePolicy: ExpressibleByArgument {}
