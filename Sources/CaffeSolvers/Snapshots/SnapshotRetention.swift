import CaffeCore
import CaffeNet

/// Removes old snapshots once a new one is whole: all but the last ones, and the one with the best test output.
///
/// Only snapshots of the solver's own prefix that have a checkpoint are ever removed.
public final class SnapshotRetention: SolverObserver, CheckpointedState {
  /// Which snapshot is the best.
  public struct Best: Hashable, Sendable {
    /// The output of a test net, or `loss` for a test net's whole loss.
    public var output: String
    /// Which way is better.
    public var direction: EarlyStop.Direction

    /// Makes a rule; without a direction losses are to fall and everything else is to rise.
    public init(output: String, direction: EarlyStop.Direction? = nil) {
      self.output = output
      self.direction = direction ?? (output.lowercased().contains("loss") ? .down : .up)
    }
  }

  private let last: Int
  private let best: Best?
  private var bestIteration: Int?
  private var bestValue: Float = 0

  /// Makes one that keeps the last `last` snapshots, 1 or more, and the best one.
  public init(last: Int, best: Best? = nil) {
    self.last = max(1, last)
    self.best = best
  }

  /// Checks that the output is there and tested at the iterations of snapshots.
  ///
  /// - Throws: `CaffeError` that lists the outputs there are.
  public func check(_ solver: Solver) throws {
    guard let best else { return }
    let settings = solver.settings
    let outputs = Set(solver.testNets.flatMap { $0.outputs.map(\.name) }).sorted()
    guard outputs.contains(best.output) || (best.output == "loss" && !outputs.isEmpty) else {
      throw CaffeError(
        .value,
        "--keep-best=\(best.output): no test net has such an output; there are: \(outputs.joined(separator: ", "))")
    }
    guard settings.testInterval > 0, settings.snapshotInterval % settings.testInterval == 0 else {
      throw CaffeError(
        .value,
        "--keep-best needs a test at each snapshot: make snapshot (\(settings.snapshotInterval)) a multiple of "
          + "test_interval (\(settings.testInterval))")
    }
  }

  // MARK: - SolverObserver

  /// Looks whether the snapshot of this iteration is the best up to now.
  public func solver(_ solver: Solver, tested report: TestReport) throws {
    guard let best, let value = value(of: best, in: report), !value.isNaN else { return }
    let folder = SnapshotFolder(prefix: solver.settings.snapshotPrefix, context: solver.context)
    guard folder.iterations.contains(report.iteration) else { return }
    let isBetter = best.direction == .up ? value > bestValue : value < bestValue
    guard bestIteration == nil || isBetter else { return }
    (bestIteration, bestValue) = (report.iteration, value)
  }

  private func value(of best: Best, in report: TestReport) -> Float? {
    let values = report.outputs.filter { $0.name == best.output }.map(\.value)
    guard !values.isEmpty else { return best.output == "loss" ? report.loss : nil }
    return values.reduce(0, +) / Float(values.count)
  }

  /// Removes what is neither new nor best.
  public func solver(_ solver: Solver, wrote snapshot: SnapshotFiles) throws {
    let folder = SnapshotFolder(prefix: solver.settings.snapshotPrefix, context: solver.context)
    let older = folder.iterations.filter { $0 < snapshot.iteration }
    for iteration in older.dropFirst(last - 1) where iteration != bestIteration {
      try folder.remove(iteration: iteration)
    }
  }

  // MARK: - CheckpointedState

  /// `retention`.
  public var checkpointName: String { "retention" }

  /// The best snapshot up to now.
  public func checkpoint() -> CheckpointRecord {
    guard let best, let bestIteration else { return CheckpointRecord() }
    return CheckpointRecord(
      integers: ["iteration": Int64(bestIteration)], numbers: ["value": Double(bestValue)],
      texts: ["output": best.output, "direction": best.direction.rawValue])
  }

  /// Takes it over, if it is the best by the same output.
  public func restoration(of record: CheckpointRecord) throws -> () -> Void {
    guard let best, record.texts["output"] == best.output, record.texts["direction"] == best.direction.rawValue else {
      return { [self] in reset() }
    }
    let (iteration, value) = (Int(try record.integer("iteration")), Float(try record.number("value")))
    return { [self] in (bestIteration, bestValue) = (iteration, value) }
  }

  /// Nothing has been tested.
  public func reset() { bestIteration = nil }
}
