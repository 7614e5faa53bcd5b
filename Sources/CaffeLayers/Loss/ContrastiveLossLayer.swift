import CaffeCore
import CaffeNet
import CaffeProto

/// A loss over pairs that pulls similar ones together and pushes others apart, up to a margin.
///
/// loss = 1/(2n) · Σ (s · d² + (1 − s) · max(margin − d, 0)²), d the distance of row i of a from row i of b, s whether they are
/// similar. The legacy version has max(margin − d², 0) for pairs that aren't.
///
/// Bottoms: a and b, n × C, of the same shape, where all axes after the first count as one; n values that are 0 for pairs that
/// aren't similar. Top: the loss, a scalar with the loss weight 1.
///
/// `contrastive_loss_param`:
/// - `margin` (1): how far apart pairs that aren't similar should be.
/// - `legacy_version` (false): whether the margin is one of squared distances.
///
/// Gradient: da = loss weight / n · (a − b) for similar pairs, otherwise −loss weight / n · (margin − d) / (d + 1e-4) · (a − b)
/// within the margin (legacy: without the quotient), 0 beyond it; db = −da. The third bottom has none.
///
/// Errors: shapes that differ; a number of pairs that doesn't fit; a gradient for the third bottom.
///
/// Source: Caffe's ContrastiveLoss; Hadsell et al., "Dimensionality reduction by learning an invariant mapping", 2006. Unlike in
/// Caffe, rows may have several axes.
///
/// ```
/// layer {
///   name: "loss"
///   type: "ContrastiveLoss"
///   bottom: "a"
///   bottom: "b"
///   bottom: "similar"
///   top: "loss"
///   contrastive_loss_param { margin: 2 }
/// }
/// ```
package final class ContrastiveLossLayer: Layer {
  package override class var typeName: String { "ContrastiveLoss" }
  package override class var ports: Ports { Ports(bottoms: 3...3, tops: 1...1, fillsTops: true) }

  private let margin: Float
  private let isLegacy: Bool
  private var geometry = ContrastiveLossSpec(pairs: 0, length: 0)

  /// Checks `contrastive_loss_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try parameter.refuseClassWeights()
    let message = parameter.contrastiveLossParam
    guard message.margin.isFinite else {
      throw CaffeError(.value, "margin is \(message.margin); give a number", layer: parameter.name)
    }
    margin = message.margin
    isLegacy = message.legacyVersion
    try super.init(parameter, context: context)
  }

  package override func defaultLossWeight(of index: Int) -> Float { 1 }

  package override func allowsForcedBackward(to index: Int) -> Bool { index != 2 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try checkSameShapes(Array(bottom[..<2]))
    let items = ChannelSpec(itemsOf: bottom[0].shape)
    guard bottom[2].count == items.outer else {
      throw error(
        .shape,
        "bottom 2 has the shape \(bottom[2].shape), but bottoms 0 and 1, of shape \(bottom[0].shape), are \(items.outer) pairs; "
          + "give one value for each")
    }
    geometry = ContrastiveLossSpec(
      pairs: items.outer, length: items.channels, margin: margin, isLegacy: isLegacy)
    top[0].reshape(to: [])
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.contrastiveLoss(
      geometry, a: bottom[0].data, b: bottom[1].data, similar: bottom[2].data, loss: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[2] { throw noGradient("whether pairs are similar (bottom 2) has no gradient") }
    guard propagateDown[0] || propagateDown[1] else { return }
    engine.contrastiveLossBackward(
      geometry, a: bottom[0].data, b: bottom[1].data, similar: bottom[2].data, lossGradient: top[0].diff,
      aGradient: propagateDown[0] ? bottom[0].diff : nil, bGradient: propagateDown[1] ? bottom[1].diff : nil)
  }
}
