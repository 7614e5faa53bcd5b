import Caffe
import Foundation

/// Trainings with what the original makes of them: folders with a solver, its net, data, a start, snapshots at 10 and 20, and
/// the log.
package enum SolverCases {
  private static let files = ["solver.prototxt", "net.prototxt", "init.caffemodel", "train.log"]

  /// The complete cases below `path`, sorted by name.
  package static func all(in path: String = ReferenceFolder.path + "/solvers") -> [String] {
    ReferenceFolder.folders(in: path).filter { folder in
      files.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }
  }

  /// Trains as the original did, then once more from its snapshot at 10, and compares snapshots and log lines.
  package static func run(
    folder: String, engine: any Engine, registry: LayerRegistry = .standard,
    rules: [any UpdateRule.Type] = UpdateRules.standard
  ) -> ReferenceOutcome {
    let name = URL(fileURLWithPath: folder).lastPathComponent
    var outcome = ReferenceOutcome(name: name, engine: engine.name, verdict: .ok)
    do {
      let file = try NetReader.readSolver(file: "\(folder)/solver.prototxt")
      let types = Set(try NetReader.readNet(file: "\(folder)/net.prototxt").net.layer.map(\.type))
      let missing = types.filter { registry[$0] == nil }.sorted()
      guard missing.isEmpty else {
        outcome.verdict = .skipped
        outcome.why = "no layer type \(missing.joined(separator: ", "))"
        return outcome
      }
      guard rules.contains(where: { $0.typeName == file.solver.type }) else {
        outcome.verdict = .skipped
        outcome.why = "no solver type \(file.solver.type)"
        return outcome
      }
      let run = SolverRun(folder: folder, file: file, engine: engine, registry: registry, rules: rules)
      var comparison = SolverComparison(folder: folder)
      try run.fromStart(&comparison)
      try run.fromSnapshot(&comparison)
      outcome.difference = comparison.worst
      outcome.why = comparison.worstName
      if !(comparison.worst <= 1) { outcome.verdict = .failed }
    } catch {
      outcome.verdict = .failed
      outcome.difference = .infinity
      outcome.why = "\(error)"
    }
    return outcome
  }
}

/// Runs one case.
private struct SolverRun {
  let folder: String
  let file: SolverFile
  let engine: any Engine
  let registry: LayerRegistry
  let rules: [any UpdateRule.Type]

  func fromStart(_ comparison: inout SolverComparison) throws {
    let place = try TemporaryFolder()
    try place.copy(from: folder) { !$0.hasPrefix("run_iter_") }
    var solver = file.solver
    solver.weights = ["init.caffemodel"]
    let log = RecordedLog()
    try train(solver, in: place, log)
    try comparison.compare(log: log.lines)
    try comparison.compareSnapshots(at: 10, in: place.path)
    try comparison.compareSnapshots(at: 20, in: place.path)
  }

  func fromSnapshot(_ comparison: inout SolverComparison) throws {
    let place = try TemporaryFolder()
    try place.copy(from: folder) { !$0.hasPrefix("run_iter_20") }
    let ending = file.solver.snapshotFormat == .hdf5 ? ".h5" : ""
    try train(file.solver, in: place, RecordedLog(), resuming: "run_iter_10.solverstate\(ending)")
    try comparison.compareSnapshots(at: 20, in: place.path)
  }

  private func train(
    _ solver: SolverParameter, in place: TemporaryFolder, _ log: RecordedLog, resuming state: String? = nil
  ) throws {
    var context = Context(
      engine: engine, phase: .train, registry: registry, random: RandomSource(seed: 1), logger: log.logger)
    context.baseFolder = place.path
    var solver = solver
    // Reading the file completed it by the folder that the file lies in.
    solver.snapshotPrefix = "run"
    try Solver(solver, layerLocations: file.layerLocations, context: context, rules: rules).solve(resuming: state)
  }
}
