import CaffeCore
import CaffeNet

/// Follows a test output for an early stop.
final class EarlyStopping: CheckpointedState {
  private let rule: EarlyStop
  private let direction: EarlyStop.Direction
  private let testNet: Int
  private var best: Float?
  private var bestIteration = 0
  /// Test runs since the best one.
  private var waited = 0

  /// Finds the output of `rule` among those of the test nets.
  ///
  /// - Throws: `CaffeError` when no test net has it, a number is out of range, or nothing tells which way is better.
  init(_ rule: EarlyStop, testNets: [Net]) throws {
    guard rule.patience >= 1 else {
      throw CaffeError(.value, "early stop: patience \(rule.patience); give 1 test run or more")
    }
    guard rule.minimumDelta >= 0, rule.minimumDelta.isFinite else {
      throw CaffeError(.value, "early stop: a least change of \(rule.minimumDelta.general); give 0 or more")
    }
    guard !testNets.isEmpty else {
      throw CaffeError(
        .field, "an early stop goes by test runs, and the solver has no test net; give test_iter and test_interval")
    }
    let names = testNets.map { $0.outputs.map(\.name) }
    guard let testNet = names.firstIndex(where: { $0.contains(rule.output) }) ?? (rule.output == "loss" ? 0 : nil)
    else {
      let all = Array(Set(names.joined())).sorted()
      let known = all.map { "\"\($0)\"" }.joined(separator: ", ")
      throw CaffeError(
        .value,
        "early stop: no test net has an output \"\(rule.output)\"\(NearNames.hint(for: rule.output, among: all)); "
          + "there are \(known)")
    }
    guard let direction = rule.direction ?? EarlyStopping.direction(of: rule.output, in: testNets[testNet]) else {
      throw CaffeError(
        .value,
        "early stop: nothing tells whether more or less of \"\(rule.output)\" is better; add mode=max or mode=min")
    }
    self.rule = rule
    self.direction = direction
    self.testNet = testNet
  }

  /// What an output's part in the loss, its layer or its name tell of it.
  private static func direction(of output: String, in net: Net) -> EarlyStop.Direction? {
    let weights = zip(net.outputs, net.outputLossWeights)
    if output == "loss" || weights.contains(where: { $0.name == output && $1 > 0 }) { return .down }
    for (layer, tops) in zip(net.layers, net.tops) where type(of: layer).typeName == "Accuracy" {
      if net.outputs.contains(where: { output in output.name == output.name && tops.contains { $0 === output.blob } }) {
        return .up
      }
    }
    let name = output.lowercased()
    if ["acc", "precision", "recall", "score", "iou", "f1", "auc"].contains(where: name.contains) { return .up }
    return ["loss", "err", "perplexity"].contains(where: name.contains) ? .down : nil
  }

  /// Takes in a test run.
  ///
  /// - Returns: Whether the training is to end.
  func take(_ run: TestRun) -> Bool {
    guard run.report.testNet == testNet, let value = value(in: run) else { return false }
    if isBetter(value) {
      best = value
      bestIteration = run.report.iteration
      waited = 0
    } else {
      waited += 1
    }
    return waited >= rule.patience
  }

  /// The mean of the output's values.
  private func value(in run: TestRun) -> Float? {
    let values = run.report.outputs.filter { $0.name == rule.output }.map(\.value)
    guard !values.isEmpty else { return rule.output == "loss" ? run.loss : nil }
    return values.reduce(0, +) / Float(values.count)
  }

  private func isBetter(_ value: Float) -> Bool {
    guard let best else { return !value.isNaN }
    return direction == .up ? value > best + rule.minimumDelta : value < best - rule.minimumDelta
  }

  /// Why the training ends.
  var reason: String {
    let verb = direction == .up ? "risen above" : "fallen below"
    let limit = best.map { "\($0.general), its value at iteration \(bestIteration)," } ?? "nothing"
    let least = rule.minimumDelta > 0 ? " by more than \(rule.minimumDelta.general)" : ""
    return "\(rule.output) has not \(verb) \(limit)\(least) in \(waited) test runs"
  }

  // MARK: - CheckpointedState

  var checkpointName: String { "early_stop" }

  func checkpoint() -> CheckpointRecord {
    var record = CheckpointRecord(
      integers: ["best_iteration": Int64(bestIteration), "waited": Int64(waited)], texts: ["output": rule.output])
    if let best { record.numbers["best"] = Double(best) }
    return record
  }

  func restoration(of record: CheckpointRecord) throws -> () -> Void {
    // Another output's best value says nothing.
    guard try record.text("output") == rule.output else { return { [self] in reset() } }
    let bestIteration = Int(try record.integer("best_iteration"))
    let waited = Int(try record.integer("waited"))
    let best = record.numbers["best"].map { Float($0) }
    return { [self] in
      self.best = best
      self.bestIteration = bestIteration
      self.waited = waited
    }
  }

  func reset() {
    best = nil
    bestIteration = 0
    waited = 0
  }
}
