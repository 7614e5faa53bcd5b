import ArgumentParser
import Caffe

/// Flags about snapshots: going on from them, and which are kept.
struct SnapshotFlags: ParsableArguments {
  @Option(
    help:
      "A .solverstate to go on from, or auto: the newest whole snapshot of snapshot_prefix, the beginning without one.")
  var resume: String?
  @Option(name: .customLong("keep_last"), help: "How many snapshots are kept (default: all); older ones are removed.")
  var keepLast: Int?
  @Option(
    name: .customLong("keep_best"),
    help:
      "A test output, accuracy for example: the snapshot best by it is kept, too. OUTPUT:min or :max says which is better."
  )
  var keepBest: String?
  @Option(
    name: .customLong("dry_run"), help: "Build everything, run one iteration and a short test, and save nothing.")
  var dryRun: Bool = false

  func validate() throws {
    if let keepLast, keepLast < 1 { throw ValidationError("--keep-last=\(keepLast): give 1 or more") }
    if let keepBest, best(keepBest) == nil {
      throw ValidationError("--keep-best=\(keepBest): give the name of a test output, OUTPUT:min or OUTPUT:max")
    }
  }

  /// Sets `solver` up.
  func apply(to solver: Solver) throws {
    guard keepLast != nil || keepBest != nil, !dryRun else { return }
    let retention = SnapshotRetention(last: keepLast ?? 1, best: keepBest.flatMap(best))
    try retention.check(solver)
    solver.observers.append(retention)
  }

  private func best(_ text: String) -> SnapshotRetention.Best? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let output = parts.first, !output.isEmpty, parts.count <= 2 else { return nil }
    guard parts.count == 2 else { return SnapshotRetention.Best(output: output) }
    return EarlyStop.Direction(rawValue: parts[1]).map { SnapshotRetention.Best(output: output, direction: $0) }
  }

  /// The snapshot to go on from: `file` (of `--snapshot`), what `--resume` names, or what `auto` finds.
  func state(_ file: String?, prefix: String, context: Context) throws -> String? {
    guard resume == "auto" else { return resume ?? file }
    guard !prefix.isEmpty else {
      throw CaffeError(
        .flag, "--resume=auto looks for snapshots by the solver's snapshot_prefix, which it doesn't have")
    }
    let found = SnapshotFolder(prefix: prefix, context: context).newestWhole()
    if found == nil {
      context.logger.info(
        "No snapshot of \"\(prefix)\" to go on from: starting from the beginning", at: "caffe.cpp:235")
    }
    return found
  }

  /// Cuts `solver` down to what `--dry-run` does.
  func shorten(_ solver: inout SolverParameter) {
    guard dryRun else { return }
    solver.clearSnapshot()
    solver.snapshotAfterTrain = false
    solver.snapshotPrefix = ""
    solver.testInitialization = false
    solver.testIter = solver.testIter.map { min($0, SnapshotFlags.dryTestBatches) }
  }

  /// Runs one iteration and a test.
  func runDry(_ solver: Solver, _ session: Session) throws {
    try solver.step(1)
    try solver.test()
    session.logger.info(
      "Dry run: the nets were built, 1 iteration and \(solver.testNets.count) tests of at most \(SnapshotFlags.dryTestBatches) "
        + "batches were run; nothing was saved.", at: "caffe.cpp:250")
  }

  private static let dryTestBatches: Int32 = 3
}
