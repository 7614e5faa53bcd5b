import CaffeCore
import CaffeNet
import CaffeProto

extension Solver {
  /// Trains until `max_iter`, then shows the last loss and tests once more.
  ///
  /// - Parameter state: A `.solverstate` to go on from; see `restore`.
  /// - Returns: Whether it went to the end, was asked to stop, or was no longer getting better.
  /// - Throws: `CaffeError` of code `nonFinite` when the loss is no longer a number, and what layers, files and observers throw.
  @discardableResult
  public func solve(resuming state: String? = nil) throws -> SolverOutcome {
    context.logger.info("Solving \(net.name)", at: "solver.cpp:289")
    context.logger.info("Learning Rate Policy: \(parameter.lrPolicy)", at: "solver.cpp:290")
    isStopping = false
    isEarlyStopped = false
    if let state {
      context.logger.info("Restoring previous solver status from \(state)", at: "solver.cpp:296")
      try restore(from: state)
    }
    let canSnapshot = !settings.snapshotPrefix.isEmpty
    let endsWithSnapshot = settings.snapshotAfterTraining && canSnapshot
    try SnapshotPlace(settings.snapshotPrefix, context).check(isNeeded: endsWithSnapshot)
    try step(max(0, settings.maximumIteration - iteration))
    reportSkippedUpdates()
    try checkParameters()
    // Who stops a training wants to go on later, whatever `snapshot_after_train` says of its end.
    if endsWithSnapshot || (isStopping && canSnapshot),
      !SolverSettings.isDue(iteration, every: settings.snapshotInterval)
    {
      try snapshot()
    }
    if isStopping {
      context.logger.info("Optimization stopped early.", at: "solver.cpp:311")
      return .interrupted
    }
    if isEarlyStopped, let earlyStopping {
      context.logger.info("Early stop: \(earlyStopping.reason).", at: "solver.cpp:311")
      return .earlyStopped
    }
    try showEnd()
    context.logger.info("Optimization Done.", at: "solver.cpp:332")
    return isStopping ? .interrupted : .finished
  }

  /// The loss after the last update takes a forward pass of its own.
  private func showEnd() throws {
    if SolverSettings.isDue(iteration, every: settings.display) {
      let loss = try net.forward()
      averageLoss.add(loss, iteration: iteration - averageStart)
      context.logger.info("Iteration \(iteration), loss = \(averageLoss.value.general)", at: "solver.cpp:327")
    }
    if SolverSettings.isDue(iteration, every: settings.testInterval) { _ = try testOnSchedule() }
  }

  /// Trains `count` iterations, with the tests, snapshots and log lines that are due; fewer if it is asked to stop,
  /// or no longer gets better where `stopEarly` was called.
  ///
  /// - Throws: As `solve` does.
  public func step(_ count: Int) throws {
    let resumed = resumedAverage ?? (LossAverage(size: settings.averagedLosses), iteration)
    (averageLoss, averageStart) = (resumed.losses, resumed.start)
    resumedAverage = nil
    hasComputed = true
    stopwatch.restart()
    let end = iteration + count
    while iteration < end {
      net.clearGradients()
      let isTestDue = SolverSettings.isDue(iteration, every: settings.testInterval)
      if isTestDue, iteration > 0 || settings.testsFirst { try testWhileTraining() }
      if isStopping || isEarlyStopped { return }
      try iterate()
      let request = nextRequest()
      if SolverSettings.isDue(iteration, every: settings.snapshotInterval) || request == .snapshot { try snapshot() }
      if request == .stop {
        isStopping = true
        break
      }
    }
    try takeLosses()
  }

  private func testWhileTraining() throws {
    try takeLosses()
    for run in try testOnSchedule() where earlyStopping?.take(run) == true { isEarlyStopped = true }
  }

  private func iterate() throws {
    testStart = nil
    for observer in observers { try observer.solverBeginsIteration(self) }
    let isDisplayed = SolverSettings.isDue(iteration, every: settings.display)
    net.debugInfo = isDisplayed && settings.debugInfo
    if leavesLosses { return try iterateLeavingLosses(isDisplayed: isDisplayed) }
    let carried = nonFinitePolicy == .skip ? net.carriedState() : CarriedState()
    let pass = try computeGradients()
    if pass.fault == nil { watchLosses() }
    averageLoss.add(pass.loss, iteration: iteration - averageStart)
    if !leavesOut(pass) { watchPlateau() }
    var report: TrainingReport?
    if isDisplayed { report = display() }
    if leavesOut(pass) {
      try leaveOut(pass, carried: carried)
    } else {
      for observer in observers { try observer.solverHasGradients(self) }
      try update(isDisplayed: isDisplayed)
    }
    context.engine.submit()
    if let report {
      for observer in observers { try observer.solver(self, displayed: report) }
    }
    iteration += 1
  }

  /// Updates the weights by the gradients that the net holds, and counts an iteration: what `step` does after its backward pass.
  public func applyUpdate() throws {
    try update(isDisplayed: SolverSettings.isDue(iteration, every: settings.display))
    iteration += 1
  }

  /// Changes the rate to begin with, `base_lr`, from which the policy makes the learning rate.
  ///
  /// - Throws: `CaffeError` when it is negative or no finite number.
  public func setBaseRate(_ rate: Float) throws {
    guard rate >= 0, rate.isFinite else {
      throw CaffeError(.value, "a learning rate of \(rate.general); give a finite number, 0 or more")
    }
    settings.baseRate = rate
  }

  func update(isDisplayed: Bool) throws {
    logStep()
    let rate = learningRate
    if isDisplayed {
      context.logger.info("Iteration \(iteration), lr = \(rate.general)", at: "sgd_solver.cpp:112")
    }
    let scale = clippingScale() / Float(settings.batchesPerUpdate)
    for (index, parameter) in net.learnable.enumerated() {
      let step = UpdateStep(
        rate: rate * parameter.rateMultiplier, weightDecay: settings.weightDecay * parameter.decayMultiplier,
        regularization: settings.regularization, gradientScale: scale)
      rule.update(
        step, iteration: iteration, weights: parameter.blob.data, gradient: parameter.blob.diff,
        histories: historiesOfParameter[index], count: parameter.blob.count, engine: context.engine)
    }
    average?.take()
  }

  /// The learning rate of the next iteration.
  public var learningRate: Float {
    settings.warmUp.rate(at: iteration) {
      ratePolicy.rate(base: settings.baseRate, iteration: $0, falls: plateau?.falls ?? 0)
    }
  }

  /// The mean of the last losses, as many as `average_loss` says; where the engine computes later, as of the last iteration that was
  /// displayed, tested or written.
  public var smoothedLoss: Float { averageLoss.value }

  private func logStep() {
    guard case .multistep = ratePolicy else { return }
    let step = ratePolicy.step(at: iteration)
    if step > (iteration > 0 ? ratePolicy.step(at: iteration - 1) : 0) {
      context.logger.info("MultiStep Status: Iteration \(iteration), step = \(step)", at: "sgd_solver.cpp:50")
    }
  }

  private func watchPlateau() {
    guard let plateau, plateau.take(averageLoss.value, iteration: iteration) else { return }
    context.logger.info(
      "Plateau Status: Iteration \(iteration), step = \(plateau.falls)", at: "sgd_solver.cpp:50")
  }

  /// What all gradients are multiplied with so that their norm is at most `clip_gradients`.
  private func clippingScale() -> Float {
    guard let limit = settings.clipNorm else { return 1 }
    let squares = net.learnable.reduce(Float(0)) {
      $0 + context.engine.sumOfSquares($1.blob.diff, count: $1.blob.count)
    }
    let norm = squares.squareRoot()
    guard norm > limit else { return 1 }
    let scale = limit / norm
    context.logger.info(
      "Gradient clipping: scaling down gradients (L2 norm \(norm.general) > \(limit.general)) "
        + "by scale factor \(scale.general)", at: "sgd_solver.cpp:99")
    return scale
  }
}
