import CaffeCore
import CaffeNet
import CaffeProto

extension Solver {
  /// Goes on from a snapshot: iteration, weights, and what the update rule remembers; with a checkpoint beside the state exactly as if
  /// the training had never stopped.
  ///
  /// The weights are looked for beside the state file where there is a checkpoint, otherwise where the state says they were
  /// written, then beside the state file. Without a checkpoint, as with the original's snapshots, the data layers go on with the
  /// records that come next, and what else is random begins anew.
  ///
  /// - Parameter file: A `.solverstate` or `.solverstate.h5`; a relative path counts from the context's base folder.
  /// - Throws: `CaffeError` when the file is missing, damaged, a weights file, or of another net or solver type; the solver is
  ///   then as it was, apart from the weights if those were read.
  public func restore(from file: String) throws {
    let state = try StoredState(context.path(file), file: file)
    let checkpoint = try Checkpoint(beside: file, context: context)
    if checkpoint == nil { reportMissingCheckpoint(of: file) }
    let takeOver = try checkpoint.map { try restoration(of: $0) }
    let values = try matched(state, file)
    if let model = try learnedNet(state, file, isBeside: checkpoint != nil) { try net.loadWeights(file: model) }
    context.logger.info("SGDSolver: restoring history", at: "sgd_solver.cpp:336")
    for (history, values) in zip(histories, values) { try history.setData(values) }
    iteration = state.iteration
    (resumedAverage, testStart) = (nil, nil)
    for remembered in checkpointedStates { remembered.reset() }
    plateau?.goOn(after: state.currentStep, at: iteration)
    stopwatch.restart()
    if let takeOver { try takeOver() } else { passOverRecords() }
  }

  /// Says that the training goes on as the original's does; it is worth a warning where a checkpoint seems to be there.
  private func reportMissingCheckpoint(of file: String) {
    let name = Checkpoint.name(beside: file)
    let effect = "data layers go on with the records that come next, and what else is random begins anew"
    if SystemCalls.kind(of: context.path(name)) == .missing {
      context.logger.info("There is no \"\(name)\": \(effect)", at: "solver.cpp:296")
    } else {
      warn("\"\(name)\" isn't the checkpoint of \"\(file)\" and is left alone: \(effect)")
    }
  }

  /// Lets the data layers go on with the records that come next. The original begins with the first record again.
  private func passOverRecords() {
    guard !hasComputed else { return }
    skip(iteration * settings.batchesPerUpdate, in: net)
    let testsDone = settings.testsDone(before: iteration)
    for (testNet, batches) in zip(testNets, settings.testIterations) { skip(testsDone * batches, in: testNet) }
  }

  private func skip(_ batches: Int, in net: Net) { net.skip(batches: UInt64(max(0, batches))) }

  /// The remembered values, once all of them are known to fit.
  private func matched(_ state: StoredState, _ file: String) throws -> [[Float]] {
    guard state.histories.count == histories.count else {
      throw CaffeError(
        .shape, file: file,
        "the state, of \(netName(of: state, file)), holds \(state.histories.count) arrays of history, but this solver "
          + "(\(type(of: rule).typeName) on the net \"\(net.name)\", \(net.learnable.count) parameters) needs "
          + "\(histories.count); use the net and the solver type that wrote it")
    }
    return try zip(histories, state.histories).enumerated().map { index, pair in
      let (history, stored) = pair
      let parameter = net.learnable[index % net.learnable.count]
      guard fits(stored.axes, history.shape) else {
        throw CaffeError(
          .shape,
          "history \(index) of the state, of \(netName(of: state, file)), has the shape "
            + "[\(stored.axes.map(String.init).joined(separator: " "))], but parameter \(parameter.index) in the net "
            + "\"\(net.name)\" has [\(history.shape.list)]; use the net that wrote the state",
          layer: parameter.layer.name,
          at: FileLocation(file: file))
      }
      do {
        return try stored.values()
      } catch let error as CaffeError {
        throw CaffeError(
          error.code, "history \(index) of the state, of parameter \(parameter.index), can't be used",
          layer: parameter.layer.name, at: FileLocation(file: file), cause: error)
      }
    }
  }

  /// What to call the net that wrote `state`: its name where the weights tell it, otherwise their file.
  private func netName(of state: StoredState, _ file: String) -> String {
    guard let stored = state.learnedNet, !stored.isEmpty else { return "an unknown net" }
    let model = (try? learnedNet(state, file, isBeside: false)) ?? stored
    guard (try? WeightsFormat.isHDF5(context.path(model))) == false,
      let name = try? NetReader.readWeights(file: context.path(model), notes: { _ in }).net.name, !name.isEmpty
    else { return "the net of \"\(stored)\"" }
    return "the net \"\(name)\""
  }

  /// Old states write four axes, with ones in front.
  private func fits(_ axes: [Int64], _ shape: Shape) -> Bool {
    let needed = shape.extents.map(Int64.init)
    if axes == needed { return true }
    return axes.count == 4 && needed.count < 4 && axes == Array(repeating: 1, count: 4 - needed.count) + needed
  }

  private func learnedNet(_ state: StoredState, _ file: String, isBeside: Bool) throws -> String? {
    guard let stored = state.learnedNet, !stored.isEmpty else { return nil }
    let isWhereWritten = SystemCalls.kind(of: context.path(stored)) == .regular
    if isWhereWritten, !isBeside { return stored }
    let beside = "\(SystemCalls.folder(of: file))/\(SystemCalls.name(of: stored))"
    if SystemCalls.kind(of: context.path(beside)) == .regular { return beside }
    throw CaffeError(
      .file, file: file,
      "its weights file \"\(stored)\" is neither where it was written nor beside the state (\"\(beside)\"); "
        + "put it in one of these places")
  }
}
