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
  /// `k + alpha / n · Σ x²` of the last forward; a net that is only built has none.
  private var scale: DeviceMemory?

  init(_ spec: LRNSpec, engine: CUDAEngine) {
    self.engine = engine
    count = spec.images * spec.channels * spec.height * spec.width
    geometry = caffe_gpu_neighbourhood(spec)
  }

  func forward(input: Buffer, output: Buffer) {
    guard count > 0 else { return }
    if scale == nil { scale = engine.device.allocate(bytes: count * MemoryLayout<Float>.stride) }
    guard let scale else { return }
    let x = engine.read(input)
    engine.device.launch(
      .normalizeResponse, .over(count), x, engine.write(output, count), scale.address, count, geometry)
  }

  /// dx = dy · scale^−beta − 2 · beta · alpha / n · x · Σ dy · y / scale.
  func backward(input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard count > 0 else { return }
    let (x, y, dy) = (engine.read(input), engine.read(output), engine.read(outputGradient))
    engine.device.launch(
      .normalizeResponseBackward, .over(count), x, y, dy, scale?.address ?? 0, engine.write(inputGradient, count),
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
  fileprivate static let normalizeResponse = Kernel("normalization", "normalize_response")
  fileprivate static let normalizeResponseBackward = Kernel("normalization", "normalize_response_backward")
}
