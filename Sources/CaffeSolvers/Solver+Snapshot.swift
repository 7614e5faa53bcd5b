import CaffeCore
import CaffeHDF5
import CaffeNet
import CaffeProto

extension Solver {
  /// Writes the weights, a checkpoint, then the state to go on from: `<prefix>_iter_<n>.caffemodel`, `.checkpoint` and
  /// `.solverstate`, the first and the last with `.h5` in the HDF5 format. With `ema_decay` the averaged weights go to `<prefix>_iter_<n>_ema.caffemodel`.
  ///
  /// Each file is there whole or not at all; snapshots of other iterations stay as they are.
  ///
  /// - Returns: The files.
  /// - Throws: `CaffeError` of code `file` when the folder isn't writable or the disk is full, of code `nonFinite` when the weights
  ///   aren't finite.
  @discardableResult
  public func snapshot() throws -> SnapshotFiles {
    try takeLosses()
    try checkParameters()
    let place = SnapshotPlace(settings.snapshotPrefix, context)
    let ending = settings.isHDF5 ? ".h5" : ""
    let files = SnapshotFiles(
      iteration: iteration, model: place.name(iteration, ".caffemodel\(ending)"),
      averagedModel: average == nil ? nil : place.name(iteration, "_ema.caffemodel\(ending)"),
      state: place.name(iteration, ".solverstate\(ending)"))
    if settings.isHDF5 {
      context.logger.info("Snapshotting to HDF5 file \(files.model)", at: "solver.cpp:474")
      try writeModels(files, .hdf5)
      context.logger.info("Snapshotting solver state to HDF5 file \(files.state)", at: "sgd_solver.cpp:296")
      try commit(files) { try writeHDF5State(files, to: $0) }
    } else {
      context.logger.info("Snapshotting to binary proto file \(files.model)", at: "solver.cpp:464")
      try writeModels(files, .binary)
      context.logger.info(
        "Snapshotting solver state to binary proto file \(files.state)", at: "sgd_solver.cpp:284")
      try commit(files) { try writeBinaryState(files, to: $0) }
    }
    for observer in observers { try observer.solver(self, wrote: files) }
    return files
  }

  /// The weights themselves are what a resumed training needs, even if the snapshot was asked for while the averages are tested.
  private func writeModels(_ files: SnapshotFiles, _ format: WeightsFormat) throws {
    func write(_ file: String, includingGradients: Bool = false) throws {
      try net.saveWeights(file: file, format: format, includingGradients: includingGradients)
    }
    guard let average, let averagedModel = files.averagedModel else {
      return try write(files.model, includingGradients: settings.snapshotGradients)
    }
    try average.using(false) { try write(files.model, includingGradients: settings.snapshotGradients) }
    context.logger.info("Snapshotting averaged weights to \(averagedModel)", at: "solver.cpp:464")
    try average.using(true) { try write(averagedModel) }
  }

  /// Writes the state by `body` and the checkpoint, the state last: where it is, the snapshot is whole.
  private func commit(_ files: SnapshotFiles, _ body: (_ path: String) throws -> Void) throws {
    try AtomicFile.replace(context.path(files.state)) { temporary in
      try body(temporary)
      try writeCheckpoint(files, statePath: temporary)
    }
  }

  private func writeBinaryState(_ files: SnapshotFiles, to path: String) throws {
    try BinaryProto.write(file: path) { stream in
      var state = SolverState()
      state.iter = Int32(clamping: files.iteration)
      state.learnedNet = files.model
      state.currentStep = Int32(clamping: currentStep)
      try stream.append(state)
      for history in histories { try stream.append(BlobProto(history), field: 3) }
    }
  }

  private func writeHDF5State(_ files: SnapshotFiles, to path: String) throws {
    try HDF5File.write(to: path) { root in
      try root.write([Int32(clamping: files.iteration)], shape: [1], as: "iter")
      try root.write(files.model, as: "learned_net")
      try root.write([Int32(clamping: currentStep)], shape: [1], as: "current_step")
      let group = try root.makeGroup("history")
      for (index, history) in histories.enumerated() {
        try group.write(history.data, shape: history.shape, as: String(index))
      }
    }
  }

  /// The bytes that writing a snapshot takes for a while: in the binary form, of the largest layer, or history, a message and its bytes.
  func snapshotMemory(under settings: SolverSettings) -> Int {
    guard !settings.isHDF5, !settings.snapshotPrefix.isEmpty,
      settings.snapshotInterval > 0 || settings.snapshotAfterTraining
    else { return 0 }
    let layers = net.layers.map { $0.blobs.reduce(0) { $0 + $1.count } * (settings.snapshotGradients ? 2 : 1) }
    let largest = max(layers.max() ?? 0, histories.map(\.count).max() ?? 0)
    return 2 * largest * MemoryLayout<Float>.stride
  }

  /// What the original's states call the step: of the last iteration done.
  private var currentStep: Int {
    if let plateau { return plateau.falls }
    return iteration > 0 ? ratePolicy.step(at: iteration - 1) : 0
  }
}
