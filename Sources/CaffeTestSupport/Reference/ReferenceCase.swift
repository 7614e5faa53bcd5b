import Caffe
import Foundation

/// A net with what the original computes for it: a folder with `net.prototxt`, `tensors.safetensors`, and `case.json` for a
/// layer, or for a published model its weights, which a forward pass at TEST uses.
package struct ReferenceCase: Sendable {
  private struct Settings: Decodable {
    var phase: String
    var backward: Bool
  }

  private static let weightsFiles = ["weights.caffemodel", "weights.caffemodel.h5"]

  /// The folder's name.
  package let name: String
  /// The folder.
  package let folder: String

  /// The weights of a model.
  private let weights: String?

  /// The case in `folder`; `nil` when one of its files is missing.
  package init?(folder: String) {
    func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(file)") }
    weights = ReferenceCase.weightsFiles.first(where: has).map { "\(folder)/\($0)" }
    guard has("net.prototxt"), has("tensors.safetensors"), has("case.json") || weights != nil else { return nil }
    self.folder = folder
    name = URL(fileURLWithPath: folder).lastPathComponent
  }

  /// The complete cases in the folders of `path`, by name.
  package static func all(in path: String) -> [ReferenceCase] {
    ReferenceFolder.folders(in: path).compactMap { ReferenceCase(folder: $0) }
  }

  /// Those of the layers.
  package static let layers = all(in: ReferenceFolder.path + "/layers")

  /// Those made of inputs and one layer type, by that type.
  package static let layersByType: [String: [ReferenceCase]] = {
    var cases: [String: [ReferenceCase]] = [:]
    for reference in layers {
      let types = (try? reference.read().types.subtracting(["Input"])) ?? []
      if types.count == 1, let type = types.first { cases[type, default: []].append(reference) }
    }
    return cases
  }()

  /// Those of published models.
  package static let models = all(in: ReferenceFolder.path + "/models")

  /// What is in the files.
  package func read() throws -> Content {
    let file = try NetReader.readNet(file: "\(folder)/net.prototxt")
    let tensors = try SafeTensors(file: "\(folder)/tensors.safetensors")
    if let weights {
      return Content(net: file, phase: .test, backward: false, weights: weights, tensors: tensors)
    }
    let path = "\(folder)/case.json"
    let settings: Settings
    do {
      settings = try JSONDecoder().decode(Settings.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw CaffeError(.corrupt, file: path, "it needs a phase and backward", cause: error)
    }
    guard let phase: Phase = ["TRAIN": .train, "TEST": .test][settings.phase] else {
      throw CaffeError(.corrupt, file: path, "phase is \"\(settings.phase)\"; it must be TRAIN or TEST")
    }
    return Content(net: file, phase: phase, backward: settings.backward, weights: nil, tensors: tensors)
  }

  /// A case, read.
  package struct Content {
    /// The net with its places in the file.
    package var net: NetFile
    /// The phase to run it in.
    package var phase: Phase
    /// Whether gradients are compared too.
    package var backward: Bool
    /// The weights file of a model.
    package var weights: String?
    /// What goes in and what must come out.
    package var tensors: SafeTensors

    /// The layer types it is made of.
    package var types: Set<String> { Set(net.net.layer.map(\.type)) }
  }
}
