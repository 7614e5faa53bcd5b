import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

extension Net {
  /// The layers that are softmax losses of one value.
  var softmaxLosses: [Int] { layers.indices.filter(isSoftmaxLoss) }

  fileprivate func isSoftmaxLoss(_ layer: Int) -> Bool {
    layerParameters[layer].type == "SoftmaxWithLoss" && tops[layer][0].count == 1
  }
}

extension Solver {
  /// Warns, once for each softmax loss, when it has come to rest at 87.3365 or at ln of the number of classes.
  func watchLosses() {
    // An array of them would be made in every iteration.
    for index in net.layers.indices where net.isSoftmaxLoss(index) { watch(index, Double(net.tops[index][0].data[0])) }
  }

  /// Takes in what layer `index`, a softmax loss, gave.
  func watch(_ index: Int, _ value: Double) {
    let message = net.layerParameters[index]
    guard let loss = meanLoss(index, message, value) else { return }
    var series = stuckLosses[index] ?? StuckLoss(classes: loss.classes)
    if let value = series.add(loss.value) { warn(message.name, classes: loss.classes, value) }
    stuckLosses[index] = series
  }

  /// The loss as a mean over labels, and the number of classes; nothing where what is summed up can't be told from the loss.
  private func meanLoss(
    _ index: Int, _ message: LayerParameter, _ value: Double
  ) -> (value: Double, classes: Int)? {
    let scores = net.bottoms[index][0].shape
    guard let axis = try? scores.canonicalAxis(Int(message.softmaxParam.axis)) else { return nil }
    let loss = message.lossParam
    let (outer, inner) = (scores.count(from: 0, to: axis), scores.count(from: axis + 1))
    let isMean = loss.hasNormalization ? loss.normalization == .valid : !loss.hasNormalize || loss.normalize
    var value = value
    if !isMean {
      guard loss.classWeight.isEmpty else { return nil }
      switch loss.hasNormalization ? loss.normalization : .batchSize {
      case .batchSize: value /= Double(max(1, inner))
      case .none: value /= Double(max(1, outer * inner))
      case .full, .valid: break
      }
    }
    return (value, scores[axis])
  }

  private func warn(_ layer: String, classes: Int, _ value: StuckLoss.Value) {
    switch value {
    case .saturated:
      warn(
        "the loss of layer \"\(layer)\" has been 87.3365 for \(StuckLoss.saturatedIterations) iterations: that is -ln of the smallest "
          + "float, which it gives when the true classes have no probability at all. The scores have grown out of bounds: lower base_lr, "
          + "set clip_gradients, scale the inputs (transform_param.scale), and start again from earlier weights")
    case .chance:
      let chance = Float(log(Double(classes))).general
      warn(
        "the loss of layer \"\(layer)\" has stayed at \(chance) = ln \(classes) for \(StuckLoss(classes: classes).chanceIterations) "
          + "iterations: all of its \(classes) classes are given the same probability, so nothing is learned. Check that labels belong "
          + "to their data and records are shuffled, that no weight_filler is constant and no lr_mult 0, and try another "
          + "base_lr: too high a one leaves ReLUs that give nothing but 0, too low a one changes nothing")
    }
  }
}
