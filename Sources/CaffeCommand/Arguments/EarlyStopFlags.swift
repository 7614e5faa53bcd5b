import ArgumentParser
import Caffe

/// Flags about ending a training before `max_iter`.
struct EarlyStopFlags: ParsableArguments {
  @Option(
    name: .customLong("early_stop"),
    help: """
      End when a test output no longer gets better: OUTPUT:patience=TESTS, accuracy:patience=3:min-delta=0.001 for example. \
      Accuracies are to rise and losses to fall, unless :mode=max or :mode=min says so.
      """)
  var earlyStop: EarlyStop?

  /// Sets `solver` up.
  func apply(to solver: Solver) throws {
    if let earlyStop { try solver.stopEarly(by: earlyStop) }
  }
}

extension EarlyStop: ExpressibleByArgument {
  /// Reads `accuracy:patience=3:min-delta=0.001:mode=max`; all but the output's name and the patience may be left out.
  public init?(argument: String) { self.init(text: argument) }

  /// The same, which tells what is wrong by `nil`.
  package init?(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let output = parts.first, !output.isEmpty else { return nil }
    var rule = EarlyStop(output: output, patience: 0)
    var seen: Set<String> = []
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2, seen.insert(pair[0].dashed).inserted else { return nil }
      switch pair[0].dashed {
      case "patience":
        guard let patience = Int(pair[1]), patience >= 1 else { return nil }
        rule.patience = patience
      case "min-delta":
        guard let delta = Float(pair[1]), delta >= 0, delta.isFinite else { return nil }
        rule.minimumDelta = delta
      case "mode":
        guard let direction = Direction(rawValue: pair[1]) else { return nil }
        rule.direction = direction
      default: return nil
      }
    }
    guard seen.contains("patience") else { return nil }
    self = rule
  }
}

extension String {
  /// As with the names of flags, `_` is as good as `-`.
  fileprivate var dashed: String { String(map { $0 == "_" ? "-" : $0 }) }
}
