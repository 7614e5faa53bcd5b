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
    let read = try NetReader.readSolver(file: file, unknownFields: machine.unknownFields, notes: session.note)
    let engines = try session.engines(machine, for: read.solver)
    var context = try session.context(machine, phase: .train, engine: engines[0])
    context.rankCount = engines.count
    let prefix = read.solver.snapshotPrefix
    let lock = prefix.isEmpty || train.snapshots.dryRun ? nil : try SnapshotLock(prefix: prefix, context: context)
    defer { withExtendedLifetime(lock) {} }
    let state = try train.snapshots.state(snapshot, prefix: prefix, context: context)
    if let state, let seed = try? SnapshotFolder.seed(of: state, context: context) {
      context.random = RandomSource(seed: seed)
    }
    try checkDeviceMemory(read, context, engines.compactMap { $0 as? CUDAEngine }, session)
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
    let outcome = try recording.following(solver) {
      guard engines.count > 1 else { return try solver.solve() }
      let others = try otherRanks(of: solver, engines, context, read, state)
      return try others.following { try solver.solve() }
    }
    progress?.finish()
    if let gradientCheck { session.logger.info("Gradient check, \(gradientCheck.summary)", at: "caffe.cpp:250") }
    session.logger.info("\(outcome.lastLine(solver))", at: "caffe.cpp:250")
  }

  /// Tells what the training will take of the GPUs' memory, before it is taken.
  ///
  /// - Throws: `CaffeError` when one hasn't so much.
  private func checkDeviceMemory(
    _ read: SolverFile, _ context: Context, _ engines: [CUDAEngine], _ session: Session
  ) throws {
    guard let first = engines.first else { return }
    let rehearsing = try first.rehearsing()
    var context = context
    context.engine = rehearsing
    var forecast = MemoryForecast(context: context)
    forecast.deviceMemory = { rehearsing.reservedMemory }
    // Whatever else is wrong is said when the nets are built.
    guard let needed = (try? forecast.training(by: read))?.deviceBytes else { return }
    // What an engine has taken already is part of what is needed.
    let free = engines.map { (gpu: $0.ordinal, bytes: $0.freeMemory + $0.reservedMemory) }
    let text = try GPUMemoryText.of(needed, free: free)
    session.logger.info("Memory: \(text)", at: "caffe.cpp:211")
  }

  /// The ranks of a training on several GPUs but the first, which follow it.
  private func otherRanks(
    of solver: Solver, _ engines: [any Engine], _ context: Context, _ read: SolverFile, _ state: String?
  ) throws -> ParallelTraining {
    let (parameter, locations, unknownFields) = (solver.parameter.following, read.layerLocations, machine.unknownFields)
    let (count, mismatch) = (engines.count, train.start.mismatch)
    // Each rank changes a copy of its own.
    nonisolated(unsafe) let first = context
    return try ParallelTraining(solver, on: engines.compactMap { $0 as? CUDAEngine }) { rank, engine in
      var context = first
      context.engine = engine
      context.logger = .silent
      context.rank = rank
      context.rankCount = count
      let solver = try Solver(
        parameter, layerLocations: locations, context: context, unknownFields: unknownFields, mismatch: mismatch)
      solver.reuseActivationMemory()
      if let state { try solver.restore(from: state) }
      return solver
    }
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
    parameter.solverMode = .cpu
    if let device = context.engine as? CUDAEngine {
      parameter.solverMode = .gpu
      parameter.deviceID = Int32(clamping: device.ordinal)
      session.logger.info("Using GPUs \(device.ordinal)", at: "caffe.cpp:205")
      session.logger.info("GPU \(device.ordinal): \(device.deviceName)", at: "caffe.cpp:210")
    } else {
      session.logger.info("Use CPU.", at: "caffe.cpp:197")
    }
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
