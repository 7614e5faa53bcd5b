import Caffe
import Foundation

/// Trainings with what the original makes of them: folders with a solver, its net, data, a start, snapshots, and the log.
package enum SolverCases {
  private static let files = ["solver.prototxt", "init.caffemodel", "train.log"]

  /// The complete cases below `path`, sorted by name.
  package static func all(in path: String = ReferenceFolder.path + "/solvers") -> [String] {
    ReferenceFolder.folders(in: path).filter { folder in
      files.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
        && !ReferenceSnapshot.all(in: folder).isEmpty
    }
  }

  /// Trains as the original did, then from each of its snapshots but the last, and compares snapshots and log lines.
  package static func run(
    folder: String, engine: any Engine, registry: LayerRegistry = .standard,
    rules: [any UpdateRule.Type] = UpdateRules.standard
  ) -> ReferenceOutcome {
    let name = URL(fileURLWithPath: folder).lastPathComponent
    var outcome = ReferenceOutcome(name: name, engine: engine.name, verdict: .ok)
    do {
      let file = try NetReader.readSolver(file: "\(folder)/solver.prototxt")
      let missing = try layerTypes(file.solver, folder).filter { registry[$0] == nil }.sorted()
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
      for snapshot in ReferenceSnapshot.all(in: folder).dropLast() { try run.from(snapshot, &comparison) }
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

  private static func layerTypes(_ solver: SolverParameter, _ folder: String) throws -> Set<String> {
    var nets = [solver.netParam, solver.trainNetParam] + solver.testNetParam
    for file in [solver.net, solver.trainNet] + solver.testNet where !file.isEmpty {
      nets.append(try NetReader.readNet(file: "\(folder)/\(file)").net)
    }
    return Set(nets.flatMap { $0.layer.map(\.type) })
  }
}

/// A snapshot that the original took.
struct ReferenceSnapshot {
  let iteration: Int
  /// `run_iter_10.caffemodel`, perhaps with `.h5`.
  let model: String
  /// `run_iter_10.solverstate`, perhaps with `.h5`.
  let state: String

  /// Those in `folder`, in order.
  static func all(in folder: String) -> [ReferenceSnapshot] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      guard let start = name.range(of: "_iter_"), let end = name.range(of: ".solverstate"),
        start.upperBound < end.lowerBound, let iteration = Int(name[start.upperBound..<end.lowerBound])
      else { return nil }
      let model = name[..<end.lowerBound] + ".caffemodel" + name[end.upperBound...]
      return ReferenceSnapshot(iteration: iteration, model: String(model), state: name)
    }.sorted { $0.iteration < $1.iteration }
  }

  /// Whether `name` is that of a file of a snapshot.
  static func isPart(_ name: String) -> Bool {
    name.contains("_iter_") && (name.contains(".solverstate") || name.contains(".caffemodel"))
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
    try place.copy(from: folder) { !ReferenceSnapshot.isPart($0) }
    var solver = file.solver
    solver.weights = ["init.caffemodel"]
    let log = RecordedLog()
    try train(solver, in: place, log)
    try comparison.compare(log: log.lines)
    for snapshot in ReferenceSnapshot.all(in: folder) { try comparison.compare(snapshot, in: place.path) }
  }

  func from(_ start: ReferenceSnapshot, _ comparison: inout SolverComparison) throws {
    let place = try TemporaryFolder()
    try place.copy(from: folder) { !ReferenceSnapshot.isPart($0) || [start.model, start.state].contains($0) }
    try train(file.solver, in: place, RecordedLog(), resuming: start.state)
    for snapshot in ReferenceSnapshot.all(in: folder) where snapshot.iteration > start.iteration {
      try comparison.compare(snapshot, in: place.path)
    }
  }

  private func train(
    _ solver: SolverParameter, in place: TemporaryFolder, _ log: RecordedLog, resuming state: String? = nil
  ) throws {
    var context = Context(
      engine: engine, phase: .train, registry: registry, random: RandomSource(seed: 1), logger: log.logger)
    context.baseFolder = place.path
    var solver = solver
    // Where the file has none, reading it completed it by the folder that the file lies in.
    if solver.snapshotPrefix.hasPrefix(folder) { solver.snapshotPrefix = SystemCalls.name(of: solver.snapshotPrefix) }
    try Solver(solver, layerLocations: file.layerLocations, context: context, rules: rules).solve(resuming: state)
  }
}
