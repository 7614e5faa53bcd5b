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
  private let geometry: caffe_gpu_pooling
  /// Of the last forward: each window's winner in its plane, -1 where nothing won. A net that is only built has none.
  private var winners: DeviceMemory?
  private var hasWinners = false
  /// Of the last forward that weighed values by themselves: what it read and wrote.
  private var weighed: (input: Buffer, output: Buffer)?

  private var device: CUDADevice { engine.device }

  init(_ spec: PoolingSpec, engine: CUDAEngine) {
    self.spec = spec
    self.engine = engine
    geometry = caffe_gpu_pooling(spec)
  }

  func forward(input: Buffer, output: Buffer, mask: Buffer?) {
    let count = spec.outputCount
    guard count > 0 else { return }
    let x = engine.read(input)
    switch spec.method {
    case .max:
      guard let winners = preparedWinners() else { return }
      let y = engine.write(output, count)
      let indices = mask.map { engine.write($0, count) } ?? 0
      device.launch(.maxPooling, .over(count), x, y, indices, winners, count, geometry)
    case .average: average(x, engine.write(output, count))
    case .stochastic:
      weighed = (input, output)
      device.launch(.stochasticPooling, .over(count), x, engine.write(output, count), count, geometry)
    }
  }

  private func average(_ x: UInt64, _ y: UInt64) {
    let plane = spec.input[0] * spec.input[1]
    if spec.coversPlane, plane >= 32 {
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
    let dy = engine.read(outputGradient)
    if spec.method == .average {
      device.launch(
        .averagePoolingBackward, .over(count), dy, engine.write(inputGradient, count), count, geometry)
    } else if let weighed {
      let (x, y) = (engine.read(weighed.input), engine.read(weighed.output))
      device.launch(
        .stochasticPoolingBackward, .over(count), x, y, dy, engine.write(inputGradient, count), count, geometry)
    } else {
      let winners = hasWinners ? self.winners?.address ?? 0 : 0
      device.launch(
        .winnerPoolingBackward, .over(count), dy, winners, engine.write(inputGradient, count), count, geometry)
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
  fileprivate init(_ spec: PoolingSpec) {
    func pair(_ values: [Int]) -> (Int32, Int32) { (Int32(values[0]), Int32(values[1])) }
    self.init(
      rows: caffe_gpu_divisor(spec.output[0]), columns: caffe_gpu_divisor(spec.output[1]),
      plane: caffe_gpu_divisor(spec.input[0] * spec.input[1]), width: caffe_gpu_divisor(spec.input[1]),
      input: pair(spec.input), kernel: pair(spec.kernel), stride: pair(spec.stride), padding: pair(spec.padding))
  }
}

extension Kernel {
  fileprivate static let maxPooling = Kernel("pooling", "max_pooling")
  fileprivate static let averagePooling = Kernel("pooling", "average_pooling")
  fileprivate static let averagePlanes = Kernel("pooling", "average_planes")
  fileprivate static let stochasticPooling = Kernel("pooling", "stochastic_pooling")
  fileprivate static let samplingPooling = Kernel("pooling", "sampling_pooling")
  fileprivate static let winnerPoolingBackward = Kernel("pooling", "winner_pooling_backward")
  fileprivate static let averagePoolingBackward = Kernel("pooling", "average_pooling_backward")
  fileprivate static let stochasticPoolingBackward = Kernel("pooling", "stochastic_pooling_backward")
}
