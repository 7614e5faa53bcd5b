import ArgumentParser
import Caffe

/// Flags about weights to start from.
struct WeightsFlags: ParsableArguments {
  @Option(
    name: .customLong("weights_mismatch"),
    help:
      "What happens to a parameter of --weights whose shape isn't the net's: error, or skip (it stays as it was made).")
  var mismatch: WeightsMismatchPolicy = .error
}

extension WeightsMismatchPolicy: ExpressibleByArgument {}
