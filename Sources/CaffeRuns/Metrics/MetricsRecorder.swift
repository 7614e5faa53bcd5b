import CaffeCore
import CaffeNet
import CaffeSolvers
import Logging

/// Writes a metrics file while a solver trains: a line of JSON for its start, for each displayed iteration, test run and snapshot, and for
/// its end.
///
/// ```swift
/// let recorder = try MetricsRecorder(file: "run.jsonl", settings: settings, solver: solver)
/// solver.observers.append(recorder)
/// try solver.solve()
/// recorder.finish("finished")
/// ```
///
/// Lines are only ever added. Where a run begins, or goes on from a snapshot, its `run` line says at which iteration, and what earlier
/// lines say of that iteration and later ones counts no more; who reads the file leaves it out.
public final class MetricsRecorder: SolverObserver {
  private let file: LineFile
  private let logger: Logger
  private let path: String
  private let display: Int
  private let batchSize: Double?
  /// The seconds of the runs that this one goes on from.
  private let secondsBefore: Double
  private let start = ContinuousClock.now
  private var gradientNorm: Float?
  private var hasWarned = false

  /// Opens the file and writes the first line; call it when the solver is where it is to go on.
  ///
  /// - Throws: `CaffeError` of code `file` when the file can't be written.
  public init(file path: String, settings: RunSettings, solver: Solver) throws {
    let context = solver.net.context
    self.path = path
    logger = context.logger
    display = Int(solver.parameter.display)
    batchSize = solver.net.batchSize.map { Double($0) * Double(max(1, solver.parameter.iterSize)) }
    secondsBefore = MetricsRecorder.seconds(in: context.path(path), before: solver.iteration)
    file = try LineFile(appendingTo: context.path(path))
    var line = MetricsLine(.run, iteration: solver.iteration)
    line.settings = settings.completed(by: solver)
    try file.append(line.text())
  }

  /// How long the runs before this one took to come to `iteration`.
  private static func seconds(in path: String, before iteration: Int) -> Double {
    guard iteration > 0, let history = try? RunFile.read(path) else { return 0 }
    let times = history.training.filter { $0.iteration < iteration }.compactMap(\.seconds)
    return times.last ?? 0
  }

  // MARK: - SolverObserver

  /// Measures the gradients of an iteration that is displayed.
  public func solverHasGradients(_ solver: Solver) {
    gradientNorm = nil
    guard display > 0, solver.iteration % display == 0 else { return }
    let engine = solver.net.context.engine
    let squares = solver.net.learnable.reduce(Float(0)) {
      $0 + engine.sumOfSquares($1.blob.diff, count: $1.blob.count)
    }
    gradientNorm = squares.squareRoot() / Float(max(1, solver.parameter.iterSize))
  }

  /// Writes a line.
  public func solver(_ solver: Solver, displayed report: TrainingReport) {
    var line = MetricsLine(.train, iteration: report.iteration)
    line.seconds = seconds
    line.loss = report.loss.asWritten
    line.rate = report.rate.asWritten
    if report.iterationsPerSecond > 0 {
      line.iterationsPerSecond = report.iterationsPerSecond.asWritten
      line.imagesPerSecond = batchSize.map { (Double(report.iterationsPerSecond) * $0 * 10).rounded() / 10 }
    }
    line.gradientNorm = gradientNorm.map(\.asWritten)
    line.outputs = MetricsRecorder.named(report.outputs)
    write(line)
  }

  /// Writes a line.
  public func solver(_ solver: Solver, tested report: TestReport) {
    var line = MetricsLine(.test, iteration: report.iteration)
    line.seconds = seconds
    line.net = report.testNet
    line.loss = report.loss.map(\.asWritten)
    line.outputs = MetricsRecorder.named(report.outputs)
    write(line)
    file.sync()
  }

  /// Writes a line.
  public func solver(_ solver: Solver, wrote snapshot: SnapshotFiles) {
    var line = MetricsLine(.snapshot, iteration: snapshot.iteration)
    line.seconds = seconds
    line.snapshot = MetricsLine.Snapshot(
      iteration: snapshot.iteration, model: snapshot.averagedModel ?? snapshot.model, state: snapshot.state)
    write(line)
    file.sync()
  }

  /// Writes the last line: how it ended.
  public func finish(_ outcome: String, at iteration: Int) {
    var line = MetricsLine(.end, iteration: iteration)
    line.seconds = seconds
    line.outcome = outcome
    write(line)
    file.sync()
  }

  private var seconds: Double {
    let taken = secondsBefore + (ContinuousClock.now - start) / .seconds(1)
    return (taken * 1000).rounded() / 1000
  }

  static func named(_ outputs: [OutputValue]) -> [String: Double] {
    var list: [RunHistory.Output] = []
    for output in outputs {
      list.append(numbered: RunHistory.Output(output.name, output.value.asWritten))
    }
    return Dictionary(list.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// A full disk mustn't end a training: the log says it once.
  private func write(_ line: MetricsLine) {
    do {
      try file.append(line.text())
    } catch {
      if !hasWarned { logger.warning("Metrics are missing in \(path): \(error)", at: "solver.cpp:239") }
      hasWarned = true
    }
  }
}

extension RunSettings {
  /// The settings, with what the solver knows.
  func completed(by solver: Solver) -> RunSettings {
    var settings = self
    let perUpdate = Double(max(1, solver.parameter.iterSize))
    settings.batchSize = solver.net.batchSize.map { Int(Double($0) * perUpdate) }
    settings.iterationsPerEpoch = solver.net.batchesPerEpoch.map { $0 / perUpdate }
    for net in [solver.net] + solver.testNets {
      for (output, weight) in zip(net.outputs, net.outputLossWeights) where weight != 0 {
        settings.lossWeights[output.name] = weight.asWritten
      }
    }
    if settings.solver.isEmpty { settings.solver = solver.parameter.prototxt() }
    return settings
  }
}
