import ArgumentParser
import Caffe

/// `caffe train`: trains a net.
struct TrainCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a net by a solver, from the start, from weights or from a snapshot.")

  @OptionGroup(title: "Training") var train: TrainFlags
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    guard let file = train.solver, !file.isEmpty else {
      throw CaffeError(.flag, "Need a solver definition to train. Give --solver=FILE")
    }
    let snapshot = train.snapshot.flatMap { $0.isEmpty ? nil : $0 }
    let resume = train.snapshots.resume
    guard (snapshot == nil && (resume == nil || resume == "auto")) || net.weightFiles.isEmpty else {
      throw CaffeError(
        .flag,
        "Give a snapshot to resume training or weights to finetune but not both (--snapshot, --resume, --weights)")
    }
    guard snapshot == nil || resume == nil else {
      throw CaffeError(.flag, "--snapshot and --resume both name a snapshot to go on from; give one of them")
    }
    var context = try session.context(machine, phase: .train)
    let read = try NetReader.readSolver(file: file, unknownFields: machine.unknownFields, notes: session.note)
    let prefix = read.solver.snapshotPrefix
    let lock = prefix.isEmpty || train.snapshots.dryRun ? nil : try SnapshotLock(prefix: prefix, context: context)
    defer { withExtendedLifetime(lock) {} }
    let state = try train.snapshots.state(snapshot, prefix: prefix, context: context)
    if let state, let seed = try? SnapshotFolder.seed(of: state, context: context) {
      context.random = RandomSource(seed: seed)
    }
    let solver = try solver(file, read, context, session, resumes: state != nil)
    solver.reuseActivationMemory()
    try train.snapshots.apply(to: solver)
    solver.observers.append(PreprocessingRecorder())
    let gradientCheck = train.checks.apply(to: solver)
    try train.ending.apply(to: solver)

    let terminal = session.terminal
    let watcher = SignalWatcher(interrupt: train.interruptEffect, hangUp: train.hangUpEffect) {
      terminal.show("")
      Platform.removeTemporaryFiles(beside: prefix)
      Platform.quit(Program.Status.interrupted)
    }
    solver.nextRequest = { watcher.take()?.request ?? .none }
    if let state {
      session.logger.info("Resuming from \(state)", at: "caffe.cpp:235")
      try solver.restore(from: state)
    }
    if train.snapshots.dryRun { return try train.snapshots.runDry(solver, session) }
    let recording = try train.record.start(solver, session, snapshot: state)
    let progress = train.progress.apply(to: solver, session, isQuiet: log.quiet)
    defer { progress?.finish() }
    session.logger.info("Starting Optimization", at: "caffe.cpp:239")
    let outcome = try recording.following(solver) { try solver.solve() }
    progress?.finish()
    if let gradientCheck { session.logger.info("Gradient check, \(gradientCheck.summary)", at: "caffe.cpp:250") }
    session.logger.info("\(outcome.lastLine(solver))", at: "caffe.cpp:250")
  }

  private func solver(
    _ file: String, _ read: SolverFile, _ context: Context, _ session: Session, resumes: Bool
  ) throws -> Solver {
    var parameter = read.solver
    guard parameter.maxIter > 0 else {
      throw CaffeError(
        .field, file: file,
        "\(parameter.hasMaxIter ? "max_iter: \(parameter.maxIter) in the solver" : "the solver has no max_iter"); "
          + "say for how many iterations to train")
    }
    if let level = net.level { parameter.trainState.level = Int32(clamping: level) }
    parameter.trainState.stage += net.stages
    if resumes { parameter.weights = [] } else { parameter.weights += net.weightFiles }
    train.snapshots.shorten(&parameter)
    if parameter.hasSolverMode, parameter.solverMode == .gpu {
      session.logger.warning(
        "solver_mode: GPU, but this version has no GPU support: training on the CPU", at: "caffe.cpp:190")
    }
    parameter.solverMode = .cpu
    session.logger.info("Use CPU.", at: "caffe.cpp:197")
    do {
      return try Solver(
        parameter, layerLocations: read.layerLocations, context: context, unknownFields: machine.unknownFields,
        mismatch: train.start.mismatch)
    } catch var error as CaffeError {
      if error.location == nil, error.layer == nil { error.location = FileLocation(file: file) }
      throw error
    }
  }
}

extension SolverOutcome {
  /// What the log ends with; the first is the original's.
  fileprivate func lastLine(_ solver: Solver) -> String {
    switch self {
    case .finished: "Optimization Done."
    case .interrupted: "Optimization interrupted at iteration \(solver.iteration); --resume=auto goes on from there."
    case .earlyStopped: "Optimization ended by the early stop at iteration \(solver.iteration)."
    }
  }
}

extension SignalEffect {
  /// What the solver is to do.
  fileprivate var request: SolverRequest {
    switch self {
    case .stop: .stop
    case .snapshot: .snapshot
    case .none: .none
    }
  }
}
