import CaffeCore
import CaffeProto

extension LayerParameter {
  /// Checks that `loss_param` has nothing that only SoftmaxWithLoss can do.
  func refuseClassWeights() throws {
    let given = lossParam.classWeight.isEmpty ? lossParam.hasLabelSmoothing ? "label_smoothing" : nil : "class_weight"
    guard let given else { return }
    throw CaffeError(
      .field, "loss_param has \(given), which only SoftmaxWithLoss takes, not \(type); remove it or change the type",
      layer: name)
  }
}
