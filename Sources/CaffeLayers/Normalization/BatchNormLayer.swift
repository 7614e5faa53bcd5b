import CaffeCore
import CaffeNet
import CaffeProto

/// Channels brought to mean 0 and variance 1 over the batch: y = (x − mean) / √(variance + eps).
///
/// Usually a Scale with `bias_term: true` follows: this layer learns nothing.
///
/// Bottom: `n × channels × …`, or values without channels, `n`; top of the same shape. May run in-place.
///
/// `batch_norm_param`:
/// - `use_global_stats` (false at TRAIN, true at TEST): take the moving averages in place of the batch's own statistics.
/// - `moving_average_fraction` (0.999): what is kept of the averages at every forward with the batch's own statistics, f.
/// - `eps` (1e-5): keeps the divisor above 0.
///
/// Parameters, not learned from gradients: Σ mean and Σ variance of each channel, and what divides them. Each forward with the batch's
/// own statistics makes them mean + f · a, m / (m − 1) · variance + f · b and 1 + f · c; m is the number of values of a channel.
///
/// Gradient: dx = (dy − mean dy − y · mean (dy · y)) / √(variance + eps); with the averages dy / √(variance + eps).
///
/// Errors: a `param` whose `lr_mult` isn't 0; another number of channels than before; a bottom without axes; numbers that make no
/// sense.
///
/// Source: Ioffe and Szegedy, "Batch normalization", 2015; Caffe's BatchNorm.
///
/// ```
/// layer {
///   name: "bn1"
///   type: "BatchNorm"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class BatchNormLayer: Layer {
  package override class var typeName: String { "BatchNorm" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var reshapesByShapesAlone: Bool { true }
  package override class var allowsInPlace: Bool { true }

  let usesAverages: Bool
  private let fraction: Float
  let epsilon: Float
  private(set) var shape = ChannelSpec(outer: 0, channels: 0, inner: 0)
  private(set) var cache = PlanCache<StandardizationSpec, any StandardizationPlan>()
  let mean = Buffer()
  let variance = Buffer()
  /// What the bottom held before a fused in-place forward.
  let input = Buffer()
  /// What `backward` needs: the top may have been changed in-place.
  private let output = Buffer()
  private let one = Buffer(count: 1)

  /// Checks `batch_norm_param` and `param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.batchNormParam
    usesAverages = message.hasUseGlobalStats ? message.useGlobalStats : context.phase == .test
    fraction = message.movingAverageFraction
    epsilon = message.eps
    guard fraction.isFinite else {
      throw CaffeError(
        .value, "moving_average_fraction is \(fraction); give a number, usually a little below 1", layer: parameter.name
      )
    }
    guard epsilon >= 0, epsilon.isFinite else {
      throw CaffeError(.value, "eps is \(epsilon); give 0 or a small number above it", layer: parameter.name)
    }
    for (index, spec) in parameter.param.enumerated() where spec.lrMult != 0 {
      throw CaffeError(
        .field,
        "param \(index) has lr_mult \(spec.lrMult), but the parameters of a BatchNorm are statistics, which aren't learned from "
          + "gradients; give lr_mult: 0 or leave its param out", layer: parameter.name)
    }
    try super.init(parameter, context: context)
  }

  package override func defaultRateMultiplier(ofParameter index: Int) -> Float { 0 }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    let channels = try channels(of: bottom[0].shape).channels
    blobs = [Blob([channels]), Blob([channels]), Blob([1])]
    engine.fill(one, count: 1, with: 1)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    shape = try channels(of: bottom[0].shape)
    guard shape.channels == blobs[0].count else {
      throw error(
        .shape,
        "bottom 0 has the shape \(bottom[0].shape), \(shape.channels) channels; expected \(blobs[0].count), for which the layer has "
          + "statistics")
    }
    top[0].reshape(to: bottom[0].shape)
    mean.resize(to: shape.channels)
    variance.resize(to: shape.channels)
    if !usesAverages { output.resize(to: shape.count) }
    let spec = StandardizationSpec(shape: shape, deviation: .epsilonInside(epsilon))
    try cache.prepare(spec) { try engine.planStandardization($0) }
  }

  private func channels(of shape: Shape) throws -> ChannelSpec {
    switch shape.axisCount {
    case 0:
      throw error(.shape, "bottom 0 has the shape \(shape), no axes; expected a batch, one axis or more")
    case 1: ChannelSpec(outer: shape[0], channels: 1, inner: 1)
    default: try ChannelSpec(shape, axis: 1)
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    guard !usesAverages else {
      engine.divide(blobs[0].data, byScalar: blobs[2].data, output: mean, count: shape.channels)
      engine.divide(blobs[1].data, byScalar: blobs[2].data, output: variance, count: shape.channels)
      cache.plan?.forwardGiven(input: bottom[0].data, mean: mean, variance: variance, output: top[0].data)
      return
    }
    computeFromBatch(bottom: bottom, top: top)
    addStatistics()
  }

  /// Standardises by the batch's own statistics.
  func computeFromBatch(bottom: [Blob], top: [Blob]) {
    cache.plan?.forward(
      input: bottom[0].data, mean: mean, variance: variance, output: top[0].data, copy: output)
  }

  /// Makes the batch's statistics part of the averages.
  func addStatistics() {
    let values = shape.outer * shape.inner
    let unbiased = values > 1 ? Float(Double(values) / Double(values - 1)) : 1
    engine.axpby(1, mean, fraction, blobs[0].data, count: shape.channels)
    engine.axpby(unbiased, variance, fraction, blobs[1].data, count: shape.channels)
    engine.axpby(1, one, fraction, blobs[2].data, count: 1)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    if usesAverages {
      cache.plan?.backwardGiven(variance: variance, outputGradient: top[0].diff, inputGradient: bottom[0].diff)
    } else {
      cache.plan?.backward(
        output: output, variance: variance, outputGradient: top[0].diff, inputGradient: bottom[0].diff)
    }
  }
}
