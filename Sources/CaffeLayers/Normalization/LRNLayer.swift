import CaffeCore
import CaffeNet
import CaffeProto

/// Local response normalisation: each value divided by a power of the squares around it.
///
/// y = x · (k + alpha / n · Σ x²)^(−beta), the sum over n values: `local_size` channels around, or `local_size`² places around in
/// the same channel.
///
/// Bottom: images × channels × height × width; top: the same.
///
/// `lrn_param`:
/// - `local_size` (5): channels, or places along a side, odd.
/// - `alpha` (1), `beta` (0.75), `k` (1): the numbers of the formula.
/// - `norm_region` (ACROSS_CHANNELS): or WITHIN_CHANNEL, where k is always 1 and what lies outside the image counts as 0.
/// - `engine`: accepted, means nothing.
///
/// Gradient: dx = dy · s^(−beta) − 2 · alpha · beta / n · x · Σ (dy · y / s) over the values whose sum has x in it, with
/// s the bracket of the formula.
///
/// Errors: an even `local_size`; a bottom that hasn't 4 axes.
///
/// Source: Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012; Caffe's LRN.
///
/// ```
/// layer {
///   name: "norm1"
///   type: "LRN"
///   bottom: "x"
///   top: "y"
///   lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }
/// }
/// ```
package final class LRNLayer: Layer {
  private struct Spec {
    var region: LRNSpec.Region
    var size: Int
    var alpha: Float
    var beta: Float
    var k: Float
  }

  package override class var typeName: String { "LRN" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var reshapesByShapesAlone: Bool { true }

  private let spec: Spec
  private var cache = PlanCache<LRNSpec, any LRNPlan>()

  /// Checks `lrn_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.lrnParam
    guard message.localSize % 2 == 1, message.localSize <= UInt32(Int32.max) else {
      throw CaffeError(
        .value, "local_size is \(message.localSize); give an odd number, so that a value is in the middle",
        layer: parameter.name)
    }
    let within = message.normRegion == .withinChannel
    spec = Spec(
      region: within ? .withinChannel : .acrossChannels, size: Int(message.localSize), alpha: message.alpha,
      beta: message.beta, k: within ? 1 : message.k)
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    try checkAxes(bottom[0], count: 4, "images, channels, height, width")
    top[0].reshape(to: shape)
    let geometry = LRNSpec(
      region: spec.region, size: spec.size, alpha: spec.alpha, beta: spec.beta, k: spec.k, images: shape[0],
      channels: shape[1], height: shape[2], width: shape[3])
    try cache.prepare(geometry) { try engine.planLRN($0) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    cache.plan?.forward(input: bottom[0].data, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    cache.plan?.backward(
      input: bottom[0].data, output: top[0].data, outputGradient: top[0].diff, inputGradient: bottom[0].diff)
  }
}
