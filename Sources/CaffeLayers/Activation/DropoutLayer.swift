import CaffeCore
import CaffeNet
import CaffeProto

/// Values dropped at random while training: y = m · x / (1 − ratio), where each m is 0 with the probability `ratio`, otherwise 1.
///
/// At TEST y = x: what is kept is scaled up while training, so nothing is to be scaled down later.
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `dropout_param`:
/// - `dropout_ratio` (0.5): the share of values dropped, at least 0 and less than 1.
///
/// Gradient: dx = m · dy / (1 − ratio) with the m of the last forward; at TEST dx = dy.
///
/// Errors: a ratio outside 0 ≤ ratio < 1.
///
/// Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014; Caffe's Dropout.
/// The numbers come from the layer's own stream of the net's seed, so they are the same on every engine.
///
/// ```
/// layer {
///   name: "drop6"
///   type: "Dropout"
///   bottom: "fc6"
///   top: "fc6"
///   dropout_param { dropout_ratio: 0.5 }
/// }
/// ```
package final class DropoutLayer: Layer, DrawingLayer {
  package override class var typeName: String { "Dropout" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var allowsInPlace: Bool { true }

  private let ratio: Double
  private let mask = Buffer()
  package var random: RandomStream

  /// Checks `dropout_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let given = parameter.dropoutParam.dropoutRatio
    guard given >= 0, given < 1 else {
      throw CaffeError(
        .value, "dropout_ratio is \(given); give at least 0 and less than 1", layer: parameter.name)
    }
    ratio = Double(given)
    random = context.ownRandom.stream("\(parameter.name)/mask")
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    top[0].reshape(to: bottom[0].shape)
    if drops { mask.resize(to: bottom[0].count) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    let count = bottom[0].count
    guard drops else {
      if bottom[0] !== top[0] { engine.copy(bottom[0].data, to: top[0].data, count: count) }
      return
    }
    engine.randomMask(
      mask, count: count, probability: 1 - ratio, value: Float(1 / (1 - ratio)), stream: &random)
    engine.multiply(bottom[0].data, mask, output: top[0].data, count: count)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    let count = bottom[0].count
    if drops {
      engine.multiply(top[0].diff, mask, output: bottom[0].diff, count: count)
    } else if bottom[0] !== top[0] {
      engine.copy(top[0].diff, to: bottom[0].diff, count: count)
    }
  }

  private var drops: Bool { context.phase == .train && ratio > 0 }
}
