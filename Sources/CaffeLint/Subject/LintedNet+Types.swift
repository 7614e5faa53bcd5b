import CaffeCore
import CaffeProto

extension LintedNet {
  /// The phase as prototxt files write it.
  var phaseName: String { phase == .train ? "TRAIN" : "TEST" }

  /// What is wrong with the layer's type; nil where it is one of the registry's.
  func problem(withTypeOf layer: LayerParameter) -> String? { data.problem(withType: layer.type) }
}

extension LayerParameter {
  /// Whether it reads records of a data set.
  var isRecordSource: Bool { ["Data", "ImageData", "HDF5Data", "WindowData"].contains(type) }
}
