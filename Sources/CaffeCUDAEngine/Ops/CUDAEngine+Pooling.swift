import CCUDA
import CaffeCore

extension CUDAEngine: PoolingOps {
  /// Prepares pooling of this geometry.
  public func planPooling(_ spec: PoolingSpec) -> any PoolingPlan { CUDAPooling(spec, engine: self) }
}

/// Pooling with a thread for each window, and back with a thread for each value, which looks at the windows that cover it.
private final class CUDAPooling: PoolingPlan {
  private let spec: PoolingSpec
  private let engine: CUDAEngine
  private let shape: ChannelSpec
  /// Of the last forward: each window's winner in its plane, -1 where nothing won. A net that is only built has none.
  private var winners: DeviceMemory?
  private var hasWinners = false
  /// The order of values in the last forward.
  private var order = ValueOrder.plain
  /// Of the last forward that weighed values by themselves: what it read and wrote.
  private var weighed: (input: Buffer, output: Buffer)?

  private var device: CUDADevice { engine.device }

  init(_ spec: PoolingSpec, engine: CUDAEngine) {
    self.spec = spec
    self.engine = engine
    shape = ChannelSpec(outer: spec.images, channels: spec.channels, inner: spec.input.reduce(1, *))
  }

  private var geometry: caffe_gpu_pooling { caffe_gpu_pooling(spec, order) }
  /// That of the outputs, and of what comes back to them.
  private var outputOrder: ValueOrder {
    if order == .plain { return .plain }
    return .last(ChannelSpec(outer: spec.images, channels: spec.channels, inner: spec.output.reduce(1, *)))
  }

  /// Takes values in the order that they have, if those on the other side can have it, too.
  private func take(_ input: Buffer, to outputs: [Buffer]) -> UInt64 {
    let fits = outputs.allSatisfy { $0.count == spec.outputCount }
    order = fits ? engine.order(of: [input], shape) : .plain
    return engine.read(input, in: order)
  }

  func forward(input: Buffer, output: Buffer, mask: Buffer?) {
    let count = spec.outputCount
    guard count > 0 else { return }
    let x = take(input, to: [output] + (mask.map { [$0] } ?? []))
    switch spec.method {
    case .max:
      guard let winners = preparedWinners() else { return }
      let y = engine.write(output, count, in: outputOrder)
      let indices = mask.map { engine.write($0, count, in: outputOrder) } ?? 0
      device.launch(.maxPooling, .over(count), x, y, indices, winners, count, geometry)
    case .average: average(x, engine.write(output, count, in: outputOrder))
    case .stochastic:
      weighed = (input, output)
      device.launch(
        .stochasticPooling, .over(count), x, engine.write(output, count, in: outputOrder), count, geometry)
    }
  }

  private func average(_ x: UInt64, _ y: UInt64) {
    let plane = spec.input[0] * spec.input[1]
    if spec.coversPlane, plane >= 32, order == .plain {
      device.launch(
        .averagePlanes, .blocks(spec.outputCount, of: .threads(for: plane)), x, y, Int32(plane), Float(plane))
      return
    }
    device.launch(.averagePooling, .over(spec.outputCount), x, y, spec.outputCount, geometry)
  }

  func forwardSampling(input: Buffer, output: Buffer, mask: Buffer?, stream: inout RandomStream) {
    precondition(spec.method == .stochastic, "only stochastic pooling draws")
    let count = spec.outputCount
    let state = stream.state
    stream.state.position = state.position &+ UInt64((count + 3) / 4 * 4)
    weighed = nil
    guard count > 0, let winners = preparedWinners() else { return }
    // What is drawn depends on the order.
    order = .plain
    let x = engine.read(input)
    let y = engine.write(output, count)
    let indices = mask.map { engine.write($0, count) } ?? 0
    device.launch(
      .samplingPooling, .over(count), x, y, indices, winners, count, geometry, state.seed, state.stream,
      state.position)
  }

  func backward(outputGradient: Buffer, inputGradient: Buffer) {
    let count = spec.inputCount
    guard count > 0 else { return }
    let dy = engine.read(outputGradient, in: outputOrder)
    let target = { [self] in engine.write(inputGradient, count, in: order) }
    if spec.method == .average {
      device.launch(.averagePoolingBackward, .over(count), dy, target(), count, geometry)
    } else if let weighed {
      let (x, y) = (engine.read(weighed.input, in: order), engine.read(weighed.output, in: outputOrder))
      device.launch(.stochasticPoolingBackward, .over(count), x, y, dy, target(), count, geometry)
    } else {
      sendBackToWinners(dy, target())
    }
  }

  private func sendBackToWinners(_ dy: UInt64, _ dx: UInt64) {
    let count = spec.inputCount
    guard hasWinners, let winners = winners?.address else {
      return device.launch(.fill, .over(count), dx, count, Float(0))
    }
    if order != .plain, spec.channels % 4 == 0 {
      device.launch(
        .winnerPoolingBackwardChannels, .over(count / 4), dy, winners, dx, count / 4, geometry,
        caffe_gpu_divisor(spec.channels / 4))
    } else if order == .plain {
      let groups = (spec.input[1] + 3) / 4
      let threads = spec.images * spec.channels * spec.input[0] * groups
      device.launch(
        .winnerPoolingBackwardRows, .over(threads), dy, winners, dx, threads, geometry, caffe_gpu_divisor(groups),
        caffe_gpu_divisor(spec.input[0]))
    } else {
      device.launch(.winnerPoolingBackward, .over(count), dy, winners, dx, count, geometry)
    }
  }

  private func preparedWinners() -> UInt64? {
    if winners == nil { winners = device.allocate(bytes: spec.outputCount * MemoryLayout<Int32>.stride) }
    hasWinners = winners != nil
    return winners?.address
  }
}

extension PoolingSpec {
  /// Whether each plane is one window, all of it.
  fileprivate var coversPlane: Bool { output == [1, 1] && padding == [0, 0] && kernel == input }
}

extension caffe_gpu_pooling {
  fileprivate init(_ spec: PoolingSpec, _ order: ValueOrder) {
    func pair(_ values: [Int]) -> (Int32, Int32) { (Int32(values[0]), Int32(values[1])) }
    self.init(
      rows: caffe_gpu_divisor(spec.output[0]), columns: caffe_gpu_divisor(spec.output[1]),
      plane: caffe_gpu_divisor(spec.input[0] * spec.input[1]), width: caffe_gpu_divisor(spec.input[1]),
      channels: caffe_gpu_divisor(order == .plain ? 1 : spec.channels),
      step: (caffe_gpu_divisor(spec.stride[0]), caffe_gpu_divisor(spec.stride[1])),
      input: pair(spec.input), kernel: pair(spec.kernel), stride: pair(spec.stride), padding: pair(spec.padding))
  }
}

extension Kernel {
  fileprivate static let maxPooling = Kernel("pooling", "max_pooling")
  fileprivate static let averagePooling = Kernel("pooling", "average_pooling")
  fileprivate static let averagePlanes = Kernel("pooling", "average_planes")
  fileprivate static let stochasticPooling = Kernel("pooling", "stochastic_pooling")
  fileprivate static let samplingPooling = Kernel("pooling", "sampling_pooling")
  fileprivate static let winnerPoolingBackwardRows = Kernel("pooling", "winner_pooling_backward_rows")
  fileprivate static let winnerPoolingBackwardChannels = Kernel("pooling", "winner_pooling_backward_channels")
  fileprivate static let winnerPoolingBackward = Kernel("pooling", "winner_pooling_backward")
  fileprivate static let averagePoolingBackward = Kernel("pooling", "average_pooling_backward")
  fileprivate static let stochasticPoolingBackward = Kernel("pooling", "stochastic_pooling_backward")
}
