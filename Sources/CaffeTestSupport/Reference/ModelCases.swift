import Caffe
import Foundation

/// Published models as their users have them, with what the original computes: folders with `net.prototxt`,
/// `weights.caffemodel` or `weights.caffemodel.h5`, and `tensors.safetensors`.
package enum ModelCases {
  private static let weights = ["weights.caffemodel", "weights.caffemodel.h5"]

  /// The complete cases below `path`, sorted by name.
  package static func all(in path: String = ReferenceFolder.path + "/models") -> [String] {
    ReferenceFolder.folders(in: path).filter { folder in
      weightsFile(folder) != nil
        && ["net.prototxt", "tensors.safetensors"].allSatisfy {
          FileManager.default.fileExists(atPath: "\(folder)/\($0)")
        }
    }
  }

  private static func weightsFile(_ folder: String) -> String? {
    weights.map { "\(folder)/\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Computes the model's outputs and compares them with the original's.
  package static func run(
    folder: String, engine: any Engine, registry: LayerRegistry = .standard
  ) -> ReferenceOutcome {
    let name = URL(fileURLWithPath: folder).lastPathComponent
    var outcome = ReferenceOutcome(name: name, engine: engine.name, verdict: .ok)
    do {
      let file = try NetReader.readNet(file: "\(folder)/net.prototxt")
      let missing = Set(file.net.layer.map(\.type)).filter { registry[$0] == nil }.sorted()
      guard missing.isEmpty else {
        outcome.verdict = .skipped
        outcome.why = "no layer type \(missing.joined(separator: ", "))"
        return outcome
      }
      let context = Context(engine: engine, phase: .test, registry: registry, random: RandomSource(seed: 1))
      let net = try Net(file.net, context: context, locations: file.layerLocations)
      try net.loadWeights(file: weightsFile(folder) ?? "")
      let worst = try compare(net, with: SafeTensors(file: "\(folder)/tensors.safetensors"))
      outcome.difference = worst.share
      outcome.why = "at \(worst.name)"
      if !(worst.share <= 1) { outcome.verdict = .failed }
    } catch {
      outcome.verdict = .failed
      outcome.difference = .infinity
      outcome.why = "\(error)"
    }
    return outcome
  }

  private static func compare(_ net: Net, with tensors: SafeTensors) throws -> (share: Double, name: String) {
    let inputs = tensors.under("in/")
    for (name, tensor) in inputs { try blob(name, net).reshape(to: Shape(validating: tensor.shape)) }
    try net.reshape()
    for (name, tensor) in inputs { try blob(name, net).setData(tensor.values) }
    try net.forward()
    var worst = (share: -1.0, name: "")
    for (name, tensor) in tensors.under("out/") {
      let difference = Tolerance.sums.worstDifference(got: try blob(name, net).data.values, want: tensor.values)
      let share = difference.size == 0 ? 0 : difference.size / difference.allowed
      if !(share <= worst.share) { worst = (share, "out/\(name)[\(difference.index ?? 0)]") }
    }
    guard worst.share >= 0 else { throw CaffeError(.corrupt, "there is nothing to compare; it needs out/ tensors") }
    return worst
  }

  private static func blob(_ name: String, _ net: Net) throws -> Blob {
    guard let blob = net.blob(named: name) else { throw CaffeError(.graph, "the net has no blob \"\(name)\"") }
    return blob
  }
}
