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

  /// Sets `solver` up.
  func apply(to solver: Solver) {
    solver.nonFinitePolicy = onNonFinite
  }
}

extension NonFinitePolicy: ExpressibleByArgument {}
