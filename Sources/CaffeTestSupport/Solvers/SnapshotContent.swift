import Caffe

/// All that a weights file or a solver state holds, whatever its format, by name.
package struct SnapshotContent {
  /// The arrays: `ip1/0`, `history/0`, `iter`.
  package private(set) var arrays: [String: (shape: [Int], values: [Float])] = [:]
  /// The texts: `learned_net`.
  package private(set) var texts: [String: String] = [:]

  /// Reads the file.
  package init(_ path: String) throws {
    if path.hasSuffix(".h5") {
      try addAll(of: HDF5File.open(path))
    } else if path.hasSuffix(".solverstate") {
      try add(BinaryProto.read(SolverState.self, file: path).message)
    } else {
      for layer in try NetReader.readWeights(file: path).net.layer {
        for (index, blob) in layer.blobs.enumerated() { try add(blob, as: "\(layer.name)/\(index)") }
      }
    }
  }

  private mutating func add(_ state: SolverState) throws {
    arrays["iter"] = ([1], [Float(state.iter)])
    arrays["current_step"] = ([1], [Float(state.currentStep)])
    texts["learned_net"] = state.learnedNet
    for (index, blob) in state.history.enumerated() { try add(blob, as: "history/\(index)") }
  }

  private mutating func add(_ blob: BlobProto, as name: String) throws {
    arrays[name] = (blob.axes.map { Int($0) }, try blob.values())
  }

  private mutating func addAll(of group: HDF5Group) throws {
    for name in try group.names() {
      if try group.containsGroup(name) {
        try addAll(of: group.group(name))
        continue
      }
      let dataset = try group.dataset(name)
      if dataset.kind == .string {
        texts[dataset.path] = try dataset.string()
      } else {
        arrays[dataset.path] = (dataset.shape.extents, try dataset.floats())
      }
    }
  }
}
