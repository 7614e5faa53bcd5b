import ArgumentParser
import Caffe
import Foundation

/// Flags about what is kept of a training beside the log.
struct RecordFlags: ParsableArguments {
  @Option(
    help: "A file for loss, outputs, rate, speed and gradient norm, a line of JSON each time; caffe plot reads it.")
  var metrics: String?
  @Option(help: "A folder for TensorBoard: the same numbers, histograms, filters, the graph.")
  var tensorboard: String?
  @Option(
    name: .customLong("tensorboard_histograms"),
    help:
      "How many iterations lie between two sets of histograms and filters (default: test_interval, or 1000); 0 for none."
  )
  var histogramInterval: Int?

  func validate() throws {
    if let count = histogramInterval, count < 0 {
      throw ValidationError("--tensorboard-histograms=\(count): give 0 or more")
    }
  }

  /// Sets `solver` up, which is where it is to begin.
  ///
  /// - Parameter snapshot: What it goes on from.
  func start(_ solver: Solver, _ session: Session, snapshot: String?) throws -> RunRecording {
    var recording = RunRecording()
    let wanted = [metrics, tensorboard].map { $0.flatMap { $0.isEmpty ? nil : $0 } }
    guard wanted.contains(where: { $0 != nil }) else { return recording }
    let settings = RunSettings(of: solver, session, snapshot: snapshot)
    if let file = wanted[0] {
      let recorder = try MetricsRecorder(file: file, settings: settings, solver: solver)
      solver.observers.append(recorder)
      recording.metrics = recorder
    }
    if let folder = wanted[1] {
      let interval = solver.parameter.testInterval > 0 ? Int(solver.parameter.testInterval) : 1000
      solver.observers.append(
        try TensorBoardWriter(
          folder: folder, solver: solver, histogramInterval: histogramInterval ?? interval, text: settings.markdown))
    }
    return recording
  }
}

/// What keeps a training's numbers.
struct RunRecording {
  fileprivate(set) var metrics: MetricsRecorder?

  /// Runs `body`, which trains, and records how it ends.
  func following(_ solver: Solver, _ body: () throws -> SolverOutcome) throws -> SolverOutcome {
    do {
      let outcome = try body()
      metrics?.finish(outcome.word, at: solver.iteration)
      return outcome
    } catch {
      metrics?.finish("failed", at: solver.iteration)
      throw error
    }
  }
}

extension SolverOutcome {
  fileprivate var word: String {
    switch self {
    case .finished: "finished"
    case .interrupted: "interrupted"
    case .earlyStopped: "early stop"
    }
  }
}

extension RunSettings {
  /// What the command knows of a run.
  init(of solver: Solver, _ session: Session, snapshot: String?) {
    self.init()
    version = caffeVersion
    time = ISO8601DateFormatter().string(from: Date())
    command = CommandLine.arguments
    folder = FileManager.default.currentDirectoryPath
    engine = solver.net.context.engine.name
    let machine = HostInformation()
    host = "\(Platform.hostName): \(machine.processor), \(machine.cores) cores, \(machine.simd), \(machine.memory)"
    git = GitState.current()
    self.snapshot = snapshot
    let files = [solver.parameter.net, solver.parameter.trainNet].filter { !$0.isEmpty }
    if let file = files.first, let content = FileManager.default.contents(atPath: file) {
      net = String(decoding: content, as: UTF8.self)
    }
  }
}
