import CaffeCore
import CaffeNet
import CaffeProto

/// Each channel of each image brought to mean 0 and variance 1: y = (x − mean) / (√variance + eps).
///
/// Bottom: `n × channels × …`; top of the same shape. May run in-place.
///
/// `mvn_param`:
/// - `normalize_variance` (true): when false, y = x − mean.
/// - `across_channels` (false): take mean and variance over all channels of an image.
/// - `eps` (1e-9): keeps the divisor above 0.
///
/// Gradient: dx = (dy − mean dy − y · mean (dy · y)) / (√variance + eps), which takes eps for small beside the deviation, as
/// Caffe does; without the variance dx = dy − mean dy.
///
/// Errors: a bottom without axes; an eps that makes no sense.
///
/// Source: Caffe's MVN. Unlike there, a layer that changes the top in-place doesn't spoil the gradient.
///
/// ```
/// layer {
///   name: "mvn"
///   type: "MVN"
///   bottom: "x"
///   top: "y"
///   mvn_param { across_channels: true }
/// }
/// ```
package final class MVNLayer: Layer {
  package override class var typeName: String { "MVN" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var allowsInPlace: Bool { true }

  private let isAcrossChannels: Bool
  private let deviation: StandardizationSpec.Deviation
  private var cache = PlanCache<StandardizationSpec, any StandardizationPlan>()
  private let mean = Buffer()
  private let variance = Buffer()
  /// What `backward` needs: the top may have been changed in-place.
  private let output = Buffer()

  /// Checks `mvn_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.mvnParam
    guard message.eps >= 0, message.eps.isFinite else {
      throw CaffeError(.value, "eps is \(message.eps); give 0 or a small number above it", layer: parameter.name)
    }
    isAcrossChannels = message.acrossChannels
    deviation = message.normalizeVariance ? .epsilonOutside(message.eps) : .none
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    guard shape.axisCount > 0 else {
      throw error(.shape, "bottom 0 has the shape \(shape), no axes; expected images, one axis or more")
    }
    top[0].reshape(to: shape)
    let axes = isAcrossChannels ? 1 : min(2, shape.axisCount)
    let channels = ChannelSpec(outer: 1, channels: shape.count(from: 0, to: axes), inner: shape.count(from: axes))
    mean.resize(to: channels.channels)
    variance.resize(to: channels.channels)
    if deviation != .none { output.resize(to: shape.count) }
    try cache.prepare(StandardizationSpec(shape: channels, deviation: deviation)) {
      try engine.planStandardization($0)
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    cache.plan?.forward(
      input: bottom[0].data, mean: mean, variance: variance, output: top[0].data,
      copy: deviation == .none ? nil : output)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    cache.plan?.backward(
      output: deviation == .none ? top[0].data : output, variance: variance, outputGradient: top[0].diff,
      inputGradient: bottom[0].diff)
  }
}
