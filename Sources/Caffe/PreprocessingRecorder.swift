import CaffeCore
import CaffeData
import CaffeNet
import CaffeSolvers
import Logging

/// Writes beside each snapshot what the training does to its pictures, for ``Classifier`` and `caffe predict` to do the same.
///
/// A net without a layer that reads pictures gets no such file; one that can't be written is a warning.
public final class PreprocessingRecorder: SolverObserver {
  /// Makes one; add it to a solver's `observers`.
  public init() {}

  /// Writes the file.
  public func solver(_ solver: Solver, wrote snapshot: SnapshotFiles) throws {
    let net = solver.net
    for (index, layer) in net.layerParameters.enumerated() {
      guard let top = net.tops[index].first else { continue }
      do {
        let made = net.layers[index]
        guard let found = try Preprocessing(of: layer, made, shape: top.shape.extents, context: net.context) else {
          continue
        }
        for model in [snapshot.model, snapshot.averagedModel].compactMap({ $0 }) {
          try found.write(beside: net.context.path(model))
        }
      } catch {
        net.context.logger.warning(
          "\(Preprocessing.sidecar(of: snapshot.model)) isn't written: \(error)", at: "solver.cpp:464")
      }
      return
    }
  }
}
