import CaffeCore
import CaffeNet
import CaffeProto

/// Spatial pyramid pooling: images of any height and width made vectors of one length.
///
/// Level l pools each channel over 2^l × 2^l windows of ⌈height / 2^l⌉ × ⌈width / 2^l⌉ values without overlap, padded evenly where
/// they don't fit.
///
/// Bottom: images × channels × height × width. Top: images × values, those of level 0, then of level 1 …, each channels × windows. With
/// one level it is images × channels × 1 × 1.
///
/// `spp_param`:
/// - `pyramid_height` (required): the number of levels, 1 or more.
/// - `pool` (MAX): MAX, AVE or STOCHASTIC, as for Pooling.
/// - `engine`: accepted, means nothing.
///
/// Gradient: that of Pooling, summed over the levels.
///
/// Errors: `pyramid_height` 0; other than four axes; height or width too small for the finest level.
///
/// Source: He et al., "Spatial pyramid pooling in deep convolutional networks", 2014; Caffe's SPP.
///
/// ```
/// layer {
///   name: "pyramid"
///   type: "SPP"
///   bottom: "x"
///   top: "y"
///   spp_param { pyramid_height: 3 }
/// }
/// ```
package final class SPPLayer: Layer, DrawingLayer {
  private struct Level {
    var spec: PoolingSpec
    var plan: any PoolingPlan
    /// The windows' values.
    let output = Buffer()
    /// Where they stand in the top.
    var copy: BlockCopySpec
  }

  package override class var typeName: String { "SPP" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let height: Int
  private let method: PoolingSpec.Method
  package var random: RandomStream
  private var levels: [Level] = []
  private var specs: [PoolingSpec] = []
  private let inputGradient = Buffer()

  /// Checks `spp_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.sppParam
    guard message.pyramidHeight > 0 else {
      throw CaffeError(.field, "pyramid_height is 0; give the number of levels, 1 or more", layer: parameter.name)
    }
    height = Int(message.pyramidHeight)
    method =
      switch message.pool {
      case .max: .max
      case .ave: .average
      case .stochastic: .stochastic
      }
    random = context.ownRandom.stream("\(parameter.name)/pool")
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try checkAxes(bottom[0], count: 4, "images, channels, height, width")
    let shape = bottom[0].shape
    guard shape[2] > 0, shape[3] > 0 else {
      throw error(.shape, "bottom 0 has the shape \(shape); expected a height and a width of 1 or more")
    }
    var wanted: [PoolingSpec] = []
    for level in 0..<height { wanted.append(try spec(level, shape)) }
    let lengths = try wanted.map { try Shape(validating: [$0.channels] + $0.output).count }
    let total = lengths.reduce(0, +)
    let single = wanted.count == 1 ? [shape[1]] + wanted[0].output : [total]
    top[0].reshape(to: try Shape(validating: [shape[0]] + single))
    guard wanted != specs else { return }
    var offset = 0
    levels = try zip(wanted, lengths).map { spec, length in
      defer { offset += length }
      let copy = BlockCopySpec(
        blocks: shape[0], length: length, sourceStride: length, targetOffset: offset, targetStride: total)
      let level = Level(spec: spec, plan: try engine.planPooling(spec), copy: copy)
      level.output.resize(to: spec.outputCount)
      return level
    }
    specs = wanted
  }

  /// The windows of a level; halving goes on only while they hold a value.
  private func spec(_ level: Int, _ shape: Shape) throws -> PoolingSpec {
    let bins = 1 << level
    let kernel = [shape[2], shape[3]].map { ($0 + bins - 1) / bins }
    let padding = (0..<2).map { (kernel[$0] * bins - shape[2 + $0] + 1) / 2 }
    guard zip(padding, kernel).allSatisfy({ $0 < $1 }) else {
      throw error(
        .shape,
        "bottom 0 has the shape \(shape), whose height and width can't be divided into \(bins) × \(bins) windows, as level \(level) of "
          + "pyramid_height: \(height) needs; use fewer levels or larger images")
    }
    return try PoolingWindow(method: method, bins: kernel, padding: padding).geometry(shape)
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    for level in levels {
      level.plan.forward(method, context.phase, input: bottom[0].data, output: level.output, stream: &random)
      engine.copyBlocks(level.copy, from: level.output, to: top[0].data)
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    let (target, count) = (bottom[0].diff, bottom[0].count)
    inputGradient.resize(to: count)
    let gradient = Buffer()
    for (index, level) in levels.enumerated() {
      gradient.resize(to: level.spec.outputCount)
      engine.copyBlocks(level.copy.reversed, from: top[0].diff, to: gradient)
      level.plan.backward(outputGradient: gradient, inputGradient: index == 0 ? target : inputGradient)
      if index > 0 { engine.axpby(1, inputGradient, 1, target, count: count) }
    }
  }
}
