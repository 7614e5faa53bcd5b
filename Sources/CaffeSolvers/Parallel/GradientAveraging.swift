import CaffeCore
import CaffeNet

/// Averages a solver's gradients over all ranks before each update.
final class GradientAveraging: SolverObserver {
  private let communicator: any Communicator
  /// Whether the gradients of a layer are averaged as soon as they are there.
  private let isLayerWise: Bool

  /// - Parameter isLayerWise: `layer_wise_reduce`; gradients that several batches add to are averaged in the end.
  init(_ communicator: any Communicator, for solver: Solver) {
    self.communicator = communicator
    isLayerWise = solver.parameter.layerWiseReduce && solver.settings.batchesPerUpdate == 1
    guard isLayerWise else { return }
    let gradients = GradientAveraging.gradients(of: solver.net)
    solver.net.gradientHook = { layers in
      let ready = layers.flatMap { gradients[$0] ?? [] }
      if !ready.isEmpty { try communicator.average(ready) }
    }
  }

  func solverHasGradients(_ solver: Solver) throws {
    guard !isLayerWise else { return }
    let all = GradientAveraging.gradients(of: solver.net).sorted { $0.key > $1.key }.flatMap(\.value)
    try communicator.average(all)
  }

  /// The gradients of each layer that are complete when it has computed its own: of parameters that no layer before it uses.
  static func gradients(of net: Net) -> [Int: [Buffer]] {
    var gradients: [Int: [Buffer]] = [:]
    for parameter in net.learnable {
      let gradient = parameter.blob.diff
      let users = net.layers.indices.filter { index in
        net.layerNeedsBackward[index]
          && zip(net.layers[index].blobs, net.layers[index].propagatesToParameter).contains {
            $0.diff === gradient && $1
          }
      }
      if let first = users.first { gradients[first, default: []].append(gradient) }
    }
    return gradients
  }
}
