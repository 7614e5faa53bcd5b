import CCUDA
import CaffeCore

extension CUDAEngine: ConvolutionOps {
  /// Prepares a convolution of this geometry.
  ///
  /// - Throws: `CaffeError` when it has more axes than a device's kernels take.
  public func planConvolution(_ spec: ConvolutionSpec) throws -> any ConvolutionPlan {
    if let problem = spec.axisProblem { throw problem }
    if spec.isDepthwise { return DepthwiseConvolution(spec, engine: self) }
    return CuDNNConvolution(spec, engine: self) ?? GemmConvolution(spec, engine: self)
  }
}

extension ConvolutionSpec {
  /// Whether each output channel sees one input channel, over as many axes as the kernels for that take.
  fileprivate var isDepthwise: Bool { groups > 1 && groups == inputChannels && input.count <= 3 }

  /// Whether the kernel is one value that meets each value of the input.
  var isPointwise: Bool {
    kernel.allSatisfy { $0 == 1 } && stride.allSatisfy { $0 == 1 } && padding.allSatisfy { $0 == 0 }
  }

  /// Places of an output channel.
  var places: Int { output.reduce(1, *) }
}

extension CUDAEngine {
  /// Adds the gradient of a convolution's bias.
  func addBiasGradient(_ spec: ConvolutionSpec, _ outputGradient: Buffer, to biasGradient: Buffer) {
    let shape = ChannelSpec(outer: spec.images, channels: spec.outputChannels, inner: spec.places)
    sumChannels(shape, outputGradient, times: nil, alpha: 1, beta: 1, into: biasGradient)
  }
}

/// A convolution in which each output channel sees one input channel, without a matrix.
private final class DepthwiseConvolution: ConvolutionPlan {
  let method = "depthwise"
  private let spec: ConvolutionSpec
  private let engine: CUDAEngine
  private let patches: caffe_gpu_patches
  private let multiplier: Int

  init(_ spec: ConvolutionSpec, engine: CUDAEngine) {
    self.spec = spec
    self.engine = engine
    patches = caffe_gpu_patches(spec)
    multiplier = spec.outputChannels / spec.groups
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    forward(input: input, weights: weights, bias: bias, output: output, finish: ConvolutionFinish())
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    let count = spec.images * spec.outputCount
    guard count > 0 else { return }
    let (x, w, b) = (engine.read(input), engine.read(weights), bias.map { engine.read($0) } ?? 0)
    let addend = finish.addend.map { engine.read($0) } ?? 0
    engine.device.launch(
      .depthwise, .over(count), x, w, b, addend, finish.negativeSlope ?? 1, engine.write(output, count), count,
      patches, caffe_gpu_divisor(spec.outputChannels), caffe_gpu_divisor(multiplier))
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let count = spec.images * spec.inputCount
    guard count > 0 else { return }
    let (dy, w) = (engine.read(outputGradient), engine.read(weights))
    engine.device.launch(
      .depthwiseBackwardData, .over(count), dy, w, engine.write(inputGradient, count), count, patches,
      caffe_gpu_divisor(Int(patches.plane)), Int32(multiplier))
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    if let weightGradient, spec.weightCount > 0 {
      let values = spec.images * spec.places
      let (x, dy) = (engine.read(input), engine.read(outputGradient))
      let (target, isZero) = engine.accumulate(weightGradient, spec.weightCount)
      engine.device.launch(
        .depthwiseBackwardWeights, .blocks(spec.weightCount, of: .threads(for: values)), x, dy, target,
        Float(isZero ? 0 : 1), values, patches, Int32(spec.outputChannels), Int32(multiplier))
    }
    if let biasGradient { engine.addBiasGradient(spec, outputGradient, to: biasGradient) }
  }
}

extension Kernel {
  fileprivate static let depthwise = Kernel("patches", "depthwise")
  fileprivate static let depthwiseBackwardData = Kernel("patches", "depthwise_backward_data")
  fileprivate static let depthwiseBackwardWeights = Kernel("patches", "depthwise_backward_weights")
}
