import CaffeCore
import CaffeHDF5
import CaffeNet
import CaffeProto

/// The content of a solver state file.
struct StoredState {
  let iteration: Int
  let learnedNet: String?
  /// How often the rate of `step`, `multistep` or `plateau` had been lowered.
  let currentStep: Int
  /// What the rule remembered, with the axes that the file gives.
  let histories: [(axes: [Int64], values: () throws -> [Float])]

  /// Reads a state of either format; `file` is what errors call it.
  init(_ path: String, file: String) throws {
    if try WeightsFormat.isHDF5(path) {
      try self.init(hdf5: HDF5File.open(path), file: file)
    } else {
      try self.init(binary: path, file: file)
    }
    guard iteration >= 0 else {
      throw CaffeError(.corrupt, file: file, "the state is of iteration \(iteration); get or make the file again")
    }
  }

  private init(binary path: String, file: String) throws {
    let state = try BinaryProto.read(SolverState.self, file: path).message
    guard state.hasIter else {
      throw CaffeError(
        .corrupt, file: file, "this is no solver state: it has no iteration; name a .solverstate file")
    }
    iteration = Int(state.iter)
    currentStep = max(0, Int(state.currentStep))
    learnedNet = state.hasLearnedNet ? state.learnedNet : nil
    histories = state.history.map { blob in (axes: blob.axes, values: { try blob.values() }) }
  }

  private init(hdf5 root: HDF5Group, file: String) throws {
    if try !root.contains("iter"), try root.contains("data") { throw StoredState.isModel(file) }
    guard let first = try root.dataset("iter").integers().first else {
      throw CaffeError(.corrupt, file: file, "dataset \"iter\" is empty; get or make the file again")
    }
    guard let stored = Int32(exactly: first) else {
      throw CaffeError(
        .corrupt, file: file,
        "the state is of iteration \(first), where 0 to \(Int32.max) is expected; get or make the file again")
    }
    iteration = Int(stored)
    let step = try root.contains("current_step") ? root.dataset("current_step").integers().first : nil
    currentStep = Int(Int32(clamping: max(0, step ?? 0)))
    learnedNet = try root.contains("learned_net") ? root.dataset("learned_net").string() : nil
    let group = try root.group("history")
    histories = try group.names().indices.map { index in
      let dataset = try group.dataset(String(index))
      return (axes: dataset.shape.extents.map(Int64.init), values: { try dataset.floats() })
    }
  }

  private static func isModel(_ file: String) -> CaffeError {
    CaffeError(
      .corrupt, file: file,
      "this is a weights file, not a solver state: give --snapshot the .solverstate beside it to go on with the "
        + "training, or give this file to --weights to start a new training from it")
  }
}
