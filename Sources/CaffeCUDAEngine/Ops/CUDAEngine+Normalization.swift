import CCUDA
import CaffeCore

extension CUDAEngine: NormalizationOps {
  /// Prepares local response normalisation.
  public func planLRN(_ spec: LRNSpec) -> any LRNPlan { CUDALRN(spec, engine: self) }
}

/// Local response normalisation with a thread for each value, which reads its neighbours: most are in the device's caches.
private final class CUDALRN: LRNPlan {
  private let engine: CUDAEngine
  private let geometry: caffe_gpu_neighbourhood
  private let count: Int
  /// Whether a thread goes through the channels of a place.
  private let goesThroughChannels: Bool
  /// `k + alpha / n · Σ x²` of the last forward; a net that is only built has none.
  private var scale: DeviceMemory?

  init(_ spec: LRNSpec, engine: CUDAEngine) {
    self.engine = engine
    count = spec.images * spec.channels * spec.height * spec.width
    geometry = caffe_gpu_neighbourhood(spec)
    goesThroughChannels =
      spec.region == .acrossChannels && geometry.reach == 2
      && spec.images * spec.height * spec.width >= 256 * engine.device.multiprocessors
  }

  private var threads: LaunchShape {
    goesThroughChannels ? .over(count / Int(geometry.channels.divisor), block: 128) : .over(count)
  }

  func forward(input: Buffer, output: Buffer) {
    guard count > 0 else { return }
    if scale == nil { scale = engine.device.allocate(bytes: count * MemoryLayout<Float>.stride) }
    guard let scale else { return }
    let x = engine.read(input)
    engine.device.launch(
      goesThroughChannels ? .normalizeFive : .normalizeResponse, threads, x, engine.write(output, count), scale.address,
      count, geometry)
  }

  /// dx = dy · scale^−beta − 2 · beta · alpha / n · x · Σ dy · y / scale.
  func backward(input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard count > 0 else { return }
    let (x, y, dy) = (engine.read(input), engine.read(output), engine.read(outputGradient))
    engine.device.launch(
      goesThroughChannels ? .normalizeFiveBackward : .normalizeResponseBackward, threads, x, y, dy, scale?.address ?? 0,
      engine.write(inputGradient, count),
      count, geometry)
  }
}

extension caffe_gpu_neighbourhood {
  fileprivate init(_ spec: LRNSpec) {
    let isWithin = spec.region == .withinChannel
    // A window of the inner average pool, step 1 and padding (size - 1) / 2, never reaches beyond the padding, so that each is
    // divided by size².
    let divisor = isWithin ? spec.size * spec.size : spec.size
    self.init(
      plane: caffe_gpu_divisor(spec.height * spec.width), channels: caffe_gpu_divisor(spec.channels),
      width: caffe_gpu_divisor(spec.width), height: Int32(spec.height), reach: Int32((spec.size - 1) / 2),
      isWithin: isWithin ? 1 : 0, constant: isWithin ? 1 : spec.k, factor: spec.alpha / Float(divisor),
      beta: spec.beta)
  }
}

extension Kernel {
  fileprivate static let normalizeFive = Kernel("normalization", "normalize_five")
  fileprivate static let normalizeFiveBackward = Kernel("normalization", "normalize_five_backward")
  fileprivate static let normalizeResponse = Kernel("normalization", "normalize_response")
  fileprivate static let normalizeResponseBackward = Kernel("normalization", "normalize_response_backward")
}
