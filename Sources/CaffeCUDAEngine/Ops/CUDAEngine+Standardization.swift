import CCUDA
import CaffeCore

extension CUDAEngine: StandardizationOps {
  /// Prepares standardisation of this shape.
  public func planStandardization(_ spec: StandardizationSpec) -> any StandardizationPlan {
    CUDAStandardization(spec, engine: self)
  }
}

/// Standardisation as two passes each way: sums over the channels, then the values.
private final class CUDAStandardization: StandardizationPlan {
  private let spec: StandardizationSpec
  private let shape: ChannelSpec
  private let engine: CUDAEngine
  private let sizes: caffe_gpu_channels

  private var device: CUDADevice { engine.device }

  init(_ spec: StandardizationSpec, engine: CUDAEngine) {
    self.spec = spec
    self.engine = engine
    shape = spec.shape
    // Channels without values have no rows of them to count.
    sizes = caffe_gpu_channels(
      outer: spec.valuesPerChannel == 0 ? 0 : Int32(shape.outer), channels: Int32(shape.channels),
      inner: Int32(max(shape.inner, 1)))
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer, copy: Buffer?) {
    takeStatistics(input, mean, variance)
    guard shape.count > 0 else { return }
    let x = engine.read(input)
    let (means, variances) = statistics(mean, variance)
    let y = engine.write(output, shape.count)
    let kept = copy.map { engine.write($0, shape.count) } ?? 0
    standardize(x, means, variances, 0, 0, y, kept, form(slope: 1))
  }

  func forwardGiven(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer) {
    guard shape.count > 0 else { return }
    let x = engine.read(input)
    let (means, variances) = statistics(mean, variance)
    standardize(x, means, variances, 0, 0, engine.write(output, shape.count), 0, form(slope: 1))
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer) {
    takeStatistics(input, mean, variance)
    guard shape.count > 0 else { return }
    let x = engine.read(input)
    let (means, variances) = statistics(mean, variance)
    let (scale, shift) = (engine.read(finish.scale), finish.shift.map { engine.read($0) } ?? 0)
    let y = engine.write(output, shape.count)
    standardize(x, means, variances, scale, shift, y, 0, form(slope: finish.negativeSlope ?? 1))
  }

  func backward(output: Buffer, variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard shape.count > 0, let sums = roomForSums() else { return }
    let (y, dy) = (engine.read(output), engine.read(outputGradient))
    let variances = spec.deviation == .none ? 0 : engine.read(variance)
    let none = UInt64(0)
    launchSums(
      Given(input: none, means: none, variances: variances, output: y, gradient: dy), sums, form(slope: 1),
      scale: (none, true), shift: (none, true))
    device.launch(
      .standardizeBackward, .over(shape.count), none, none, variances, none, y, dy, sums,
      engine.write(inputGradient, shape.count), shape.count, Float(spec.valuesPerChannel), form(slope: 1))
  }

  func backward(
    input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer,
    outputGradient: Buffer, scaleGradient: Buffer?, shiftGradient: Buffer?, inputGradient: Buffer
  ) {
    guard shape.count > 0, let sums = roomForSums() else { return }
    let (x, y, dy) = (engine.read(input), engine.read(output), engine.read(outputGradient))
    let (means, variances) = statistics(mean, variance)
    let scale = engine.read(finish.scale)
    let form = form(slope: finish.negativeSlope ?? 1)
    launchSums(
      Given(input: x, means: means, variances: variances, output: y, gradient: dy), sums, form,
      scale: scaleGradient.map { engine.accumulate($0, shape.channels) } ?? (0, true),
      shift: shiftGradient.map { engine.accumulate($0, shape.channels) } ?? (0, true))
    device.launch(
      .standardizeBackward, .over(shape.count), x, means, variances, scale, y, dy, sums,
      engine.write(inputGradient, shape.count), shape.count, Float(spec.valuesPerChannel), form)
  }

  func backwardGiven(variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard shape.count > 0 else { return }
    let variances = spec.deviation == .none ? 0 : engine.read(variance)
    let dy = engine.read(outputGradient)
    device.launch(
      .standardizeBackwardGiven, .over(shape.count), variances, dy, engine.write(inputGradient, shape.count),
      shape.count, form(slope: 1))
  }

  private func takeStatistics(_ input: Buffer, _ mean: Buffer, _ variance: Buffer) {
    guard shape.channels > 0 else { return }
    let x = engine.read(input)
    guard let scratch = device.reductionScratch() else { return }
    let means = engine.write(mean, shape.channels)
    let variances = spec.deviation == .none ? 0 : engine.write(variance, shape.channels)
    device.launch(
      .channelStatistics, channelShape, x, sizes, means, variances, scratch.partialAddress, scratch.counterAddress)
  }

  private func statistics(_ mean: Buffer, _ variance: Buffer) -> (means: UInt64, variances: UInt64) {
    (engine.read(mean), spec.deviation == .none ? 0 : engine.read(variance))
  }

  private func standardize(
    _ x: UInt64, _ means: UInt64, _ variances: UInt64, _ scale: UInt64, _ shift: UInt64, _ y: UInt64, _ copy: UInt64,
    _ form: caffe_gpu_standardization
  ) {
    device.launch(
      .standardize, .over(shape.count), x, means, variances, scale, shift, y, copy, shape.count, form)
  }

  /// What sums are taken of.
  private struct Given {
    var input, means, variances, output, gradient: UInt64
  }

  private func launchSums(
    _ given: Given, _ sums: UInt64, _ form: caffe_gpu_standardization, scale: (address: UInt64, isZero: Bool),
    shift: (address: UInt64, isZero: Bool)
  ) {
    guard let scratch = device.reductionScratch() else { return }
    device.launch(
      .standardizeSums, channelShape, given.input, given.means, given.variances, given.output, given.gradient, sizes,
      form, sums, scale.address, Float(scale.isZero ? 0 : 1), shift.address, Float(shift.isZero ? 0 : 1),
      scratch.partialAddress, scratch.counterAddress)
  }

  private func roomForSums() -> UInt64? { device.room(2 * shape.channels * MemoryLayout<Float>.stride) }

  /// A block for each channel, or several where these leave most of the device idle.
  private var channelShape: LaunchShape {
    let slices = device.slices(
      of: 2 * shape.channels, blocks: shape.channels, length: spec.valuesPerChannel, shortest: 2048)
    return LaunchShape(
      grid: (UInt32(shape.channels), UInt32(slices), 1), block: .threads(for: spec.valuesPerChannel))
  }

  private func form(slope: Float) -> caffe_gpu_standardization {
    let (kind, epsilon): (Int, Float) =
      switch spec.deviation {
      case .none: (CAFFE_NO_DEVIATION, 0)
      case .epsilonInside(let epsilon): (CAFFE_EPSILON_INSIDE, epsilon)
      case .epsilonOutside(let epsilon): (CAFFE_EPSILON_OUTSIDE, epsilon)
      }
    return caffe_gpu_standardization(
      inner: caffe_gpu_divisor(shape.inner), channels: caffe_gpu_divisor(shape.channels), deviation: kind.status,
      epsilon: epsilon, slope: slope)
  }
}

extension Kernel {
  fileprivate static let channelStatistics = Kernel("standardization", "channel_statistics")
  fileprivate static let standardize = Kernel("standardization", "standardize")
  fileprivate static let standardizeSums = Kernel("standardization", "standardize_sums")
  fileprivate static let standardizeBackward = Kernel("standardization", "standardize_backward")
  fileprivate static let standardizeBackwardGiven = Kernel("standardization", "standardize_backward_given")
}
