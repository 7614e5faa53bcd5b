import CCUDA
import CaffeCore

extension CUDAEngine: StandardizationOps {
  /// Prepares standardisation of this shape.
  public func planStandardization(_ spec: StandardizationSpec) -> any StandardizationPlan {
    CUDAStandardization(spec, engine: self)
  }
}

/// Standardisation as two passes each way: sums over the channels, then the values. Values may have their channels last.
private final class CUDAStandardization: StandardizationPlan {
  private let spec: StandardizationSpec
  private let shape: ChannelSpec
  private let engine: CUDAEngine

  private var device: CUDADevice { engine.device }

  init(_ spec: StandardizationSpec, engine: CUDAEngine) {
    self.spec = spec
    self.engine = engine
    shape = spec.shape
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer, copy: Buffer?) {
    let order = order(of: input, to: [output] + (copy.map { [$0] } ?? []))
    takeStatistics(input, mean, variance, order)
    guard shape.count > 0 else { return }
    let x = engine.read(input, in: order)
    let (means, variances) = statistics(mean, variance)
    let y = engine.write(output, shape.count, in: order)
    let kept = copy.map { engine.write($0, shape.count, in: order) } ?? 0
    standardize(x, means, variances, 0, 0, y, kept, order, slope: 1)
  }

  func forwardGiven(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer) {
    guard shape.count > 0 else { return }
    let order = order(of: input, to: [output])
    let x = engine.read(input, in: order)
    let (means, variances) = statistics(mean, variance)
    standardize(x, means, variances, 0, 0, engine.write(output, shape.count, in: order), 0, order, slope: 1)
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer) {
    let order = order(of: input, to: [output])
    takeStatistics(input, mean, variance, order)
    guard shape.count > 0 else { return }
    let x = engine.read(input, in: order)
    let (means, variances) = statistics(mean, variance)
    let (scale, shift) = (engine.read(finish.scale), finish.shift.map { engine.read($0) } ?? 0)
    let y = engine.write(output, shape.count, in: order)
    standardize(x, means, variances, scale, shift, y, 0, order, slope: finish.negativeSlope ?? 1)
  }

  func backward(output: Buffer, variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard shape.count > 0 else { return }
    let order = order(of: output, to: [outputGradient, inputGradient])
    let given = Given(
      input: 0, means: 0, variances: spec.deviation == .none ? 0 : engine.read(variance), scale: 0, shift: 0,
      output: engine.read(output, in: order), gradient: engine.read(outputGradient, in: order))
    sendBack(given, order, slope: 1, scaleGradient: nil, shiftGradient: nil, inputGradient)
  }

  func backward(
    input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer,
    outputGradient: Buffer, scaleGradient: Buffer?, shiftGradient: Buffer?, inputGradient: Buffer
  ) {
    guard shape.count > 0 else { return }
    let order = order(of: input, to: [outputGradient, inputGradient])
    let (means, variances) = statistics(mean, variance)
    // What was made of the input tells what the rectifier cut off.
    let given = Given(
      input: engine.read(input, in: order), means: means, variances: variances, scale: engine.read(finish.scale),
      shift: finish.shift.map { engine.read($0) } ?? 0, output: 0,
      gradient: engine.read(outputGradient, in: order))
    sendBack(
      given, order, slope: finish.negativeSlope ?? 1, scaleGradient: scaleGradient, shiftGradient: shiftGradient,
      inputGradient)
  }

  func backwardGiven(variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard shape.count > 0 else { return }
    let order = order(of: outputGradient, to: [inputGradient])
    let variances = spec.deviation == .none ? 0 : engine.read(variance)
    let dy = engine.read(outputGradient, in: order)
    device.launch(
      .standardizeBackwardGiven, valueShape(order), variances, dy,
      engine.write(inputGradient, shape.count, in: order), shape.count, form(order, slope: 1))
  }
}

// MARK: - Launches

extension CUDAStandardization {
  private func order(of source: Buffer, to others: [Buffer]) -> ValueOrder {
    others.allSatisfy { $0.count == shape.count } ? engine.order(of: [source], shape) : .plain
  }

  private func takeStatistics(_ input: Buffer, _ mean: Buffer, _ variance: Buffer, _ order: ValueOrder) {
    guard shape.channels > 0 else { return }
    let x = engine.read(input, in: order)
    guard let scratch = device.reductionScratch() else { return }
    let means = engine.write(mean, shape.channels)
    let variances = spec.deviation == .none ? 0 : engine.write(variance, shape.channels)
    let (room, counters) = (scratch.partialAddress, scratch.counterAddress)
    if let rows = rows(order, partSize: 3) {
      device.launch(.rowStatistics, rows.shape, x, sizes(order), rows.lanes, means, variances, room, counters)
    } else {
      device.launch(.channelStatistics, planeShape(partSize: 3), x, sizes(order), means, variances, room, counters)
    }
  }

  private func statistics(_ mean: Buffer, _ variance: Buffer) -> (means: UInt64, variances: UInt64) {
    (engine.read(mean), spec.deviation == .none ? 0 : engine.read(variance))
  }

  private func standardize(
    _ x: UInt64, _ means: UInt64, _ variances: UInt64, _ scale: UInt64, _ shift: UInt64, _ y: UInt64, _ copy: UInt64,
    _ order: ValueOrder, slope: Float
  ) {
    device.launch(
      .standardize, valueShape(order), x, means, variances, scale, shift, y, copy, shape.count,
      form(order, slope: slope))
  }

  /// What gradients are computed from.
  private struct Given {
    var input, means, variances, scale, shift, output, gradient: UInt64
  }

  private func sendBack(
    _ given: Given, _ order: ValueOrder, slope: Float, scaleGradient: Buffer?, shiftGradient: Buffer?,
    _ inputGradient: Buffer
  ) {
    guard let sums = device.room(2 * shape.channels * MemoryLayout<Float>.stride),
      let scratch = device.reductionScratch()
    else { return }
    let form = form(order, slope: slope)
    let (room, counters) = (scratch.partialAddress, scratch.counterAddress)
    let nowhere = (address: UInt64(0), isZero: true)
    let scale = scaleGradient.map { engine.accumulate($0, shape.channels) } ?? nowhere
    let shift = shiftGradient.map { engine.accumulate($0, shape.channels) } ?? nowhere
    let (scaleBeta, shiftBeta): (Float, Float) = (scale.isZero ? 0 : 1, shift.isZero ? 0 : 1)
    if let rows = rows(order, partSize: 2) {
      device.launch(
        .rowSums, rows.shape, given.input, given.means, given.variances, given.scale, given.shift, given.output,
        given.gradient, sizes(order), rows.lanes, form, sums, scale.address, scaleBeta, shift.address, shiftBeta, room,
        counters)
    } else {
      device.launch(
        .channelSums, planeShape(partSize: 2), given.input, given.means, given.variances, given.scale, given.shift,
        given.output, given.gradient, sizes(order), form, sums, scale.address, scaleBeta, shift.address, shiftBeta,
        room, counters)
    }
    device.launch(
      .standardizeBackward, valueShape(order), given.input, given.means, given.variances, given.scale, given.shift,
      given.output, given.gradient, sums, engine.write(inputGradient, shape.count, in: order), shape.count,
      1 / Float(spec.valuesPerChannel), form)
  }

  /// A block for each channel, or several where these leave most of the device idle.
  private func planeShape(partSize: Int) -> LaunchShape {
    let slices = device.slices(
      of: partSize * shape.channels, blocks: shape.channels, length: spec.valuesPerChannel, shortest: 4096)
    return LaunchShape(
      grid: (UInt32(shape.channels), UInt32(slices), 1), block: .threads(for: (spec.valuesPerChannel + 3) / 4))
  }

  /// Blocks for rows of channels, as many as a device has at a time, and how many groups of channels each takes; nothing where channels
  /// have planes.
  private func rows(_ order: ValueOrder, partSize: Int) -> (shape: LaunchShape, lanes: Int32)? {
    let view = order.view(shape)
    guard view.inner == 1, shape.channels > 0 else { return nil }
    let width = shape.channels % 4 == 0 ? 4 : 1
    let groups = shape.channels / width
    var lanes = 1
    while lanes < min(groups, 32) { lanes *= 2 }
    let blocks = (groups + lanes - 1) / lanes
    let slices = device.slices(
      of: partSize * blocks * lanes * width, blocks: blocks, length: view.outer, shortest: 8 * 256 / lanes,
      busy: 3 * device.multiprocessors)
    return (LaunchShape(grid: (UInt32(blocks), UInt32(slices), 1), block: 256), Int32(lanes))
  }

  /// Threads for all values, each with a group of four or several; where channels are last, for those of a row at least.
  private func valueShape(_ order: ValueOrder) -> LaunchShape {
    let view = order.view(shape)
    guard view.inner == 1 else { return .over(shape.count / (view.inner % 4 == 0 ? 4 : 1)) }
    let width = shape.channels % 4 == 0 ? 4 : 1
    let blocks = (shape.count / width + 255) / 256
    return .blocks(max((shape.channels / width + 255) / 256, min(blocks, 4 * CUDADevice.busyBlocks)), of: 256)
  }

  private func sizes(_ order: ValueOrder) -> caffe_gpu_channels {
    let view = order.view(shape)
    // Channels without values have no rows of them to count.
    return caffe_gpu_channels(
      outer: spec.valuesPerChannel == 0 ? 0 : Int32(view.outer), channels: Int32(view.channels),
      inner: Int32(max(view.inner, 1)))
  }

  private func form(_ order: ValueOrder, slope: Float) -> caffe_gpu_standardization {
    let (kind, epsilon): (Int, Float) =
      switch spec.deviation {
      case .none: (CAFFE_NO_DEVIATION, 0)
      case .epsilonInside(let epsilon): (CAFFE_EPSILON_INSIDE, epsilon)
      case .epsilonOutside(let epsilon): (CAFFE_EPSILON_OUTSIDE, epsilon)
      }
    return caffe_gpu_standardization(
      inner: caffe_gpu_divisor(order.view(shape).inner), channels: caffe_gpu_divisor(shape.channels),
      deviation: kind.status,
      epsilon: epsilon, slope: slope)
  }
}

extension Kernel {
  fileprivate static let channelStatistics = Kernel("standardization", "channel_statistics")
  fileprivate static let standardize = Kernel("standardization", "standardize")
  fileprivate static let rowStatistics = Kernel("standardization", "row_statistics")
  fileprivate static let channelSums = Kernel("standardization", "channel_sums")
  fileprivate static let rowSums = Kernel("standardization", "row_sums")
  fileprivate static let standardizeBackward = Kernel("standardization", "standardize_backward")
  fileprivate static let standardizeBackwardGiven = Kernel("standardization", "standardize_backward_given")
}
