import COneDNN
import CaffeCore

/// Convolution by oneDNN's primitives, which block channels by sixteen.
final class OneDNNConvolution: ConvolutionPlan {
  private let spec: ConvolutionSpec
  private let workers: Workers
  private let forwardPass: OneDNNPass
  private lazy var dataPass = try? OneDNNPass(spec, CAFFE_DNNL_BACKWARD_DATA, workers)
  private lazy var weightsPass = try? OneDNNPass(spec, CAFFE_DNNL_BACKWARD_WEIGHTS, workers)
  /// For a backward pass that oneDNN hasn't got.
  private lazy var replacement = GemmConvolution(spec, workers: workers)
  private let gradient = Workspace()
  private let noBias: AlignedMemory

  /// Prepares the forward pass, the others when they are first run; `nil` if oneDNN has no such convolution.
  ///
  /// - Throws: `CaffeError` when oneDNN fails for another reason, such as a lack of memory.
  init?(_ spec: ConvolutionSpec, workers: Workers) throws {
    guard let pass = try OneDNNPass(spec, CAFFE_DNNL_FORWARD, workers) else { return nil }
    self.spec = spec
    self.workers = workers
    forwardPass = pass
    noBias = AlignedMemory(count: spec.outputChannels)
    noBias.pointer.update(repeating: 0, count: spec.outputChannels)
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let x = UnsafeMutablePointer(mutating: input.hostForReading())
    let b = bias.map { UnsafeMutablePointer(mutating: $0.hostForReading()) } ?? noBias.pointer
    let y = output.plainForWriting(spec.images * spec.outputCount)
    if !forwardPass.run(x, weights, b, y) {
      replacement.forward(input: input, weights: weights, bias: bias, output: output)
    }
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let dy = UnsafeMutablePointer(mutating: outputGradient.hostForReading())
    let dx = inputGradient.plainForWriting(spec.images * spec.inputCount)
    guard let pass = dataPass ?? nil, pass.run(dx, weights, nil, dy) else {
      return replacement.backwardData(
        outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    let dy = outputGradient.hostForReading()
    if let weightGradient {
      let x = UnsafeMutablePointer(mutating: input.hostForReading())
      let sum = gradient.room(for: spec.weightCount)
      if let pass = weightsPass ?? nil, pass.run(x, writing: sum, UnsafeMutablePointer(mutating: dy)) {
        workers.add(sum, to: weightGradient.hostForUpdating(), count: spec.weightCount)
      } else {
        replacement.backwardParameters(
          input: input, outputGradient: outputGradient, weightGradient: weightGradient, biasGradient: nil)
      }
    }
    if let biasGradient { workers.addBiasGradient(dy, biasGradient, spec) }
  }
}

/// One pass of a convolution.
private final class OneDNNPass {
  private let handle: OpaquePointer
  private let threads: Int32
  /// The weights that oneDNN holds in its own layout, and of which version they are.
  private weak var weights: Buffer?
  private var version: UInt64 = 0

  init?(_ spec: ConvolutionSpec, _ pass: Int, _ workers: Workers) throws {
    threads = Int32(workers.count)
    var geometry = caffe_dnnl_geometry()
    geometry.axes = Int32(spec.input.count)
    geometry.images = spec.images
    geometry.in_channels = spec.inputChannels
    geometry.out_channels = spec.outputChannels
    geometry.groups = spec.groups
    set(&geometry.input, spec.input)
    set(&geometry.kernel, spec.kernel)
    set(&geometry.stride, spec.stride)
    set(&geometry.padding, spec.padding)
    set(&geometry.dilation, spec.dilation)
    set(&geometry.output, spec.output)
    var made: OpaquePointer?
    let status = caffe_dnnl_convolution_create(&geometry, Int32(pass), pass == CAFFE_DNNL_FORWARD, threads, &made)
    guard let made else {
      if caffe_dnnl_is_unimplemented(status) { return nil }
      let text = String(cString: caffe_dnnl_status_text(status))
      throw CaffeError(
        .unsupported, "oneDNN can't prepare a convolution of \(spec.images) images: \(text); try a smaller batch")
    }
    handle = made
  }

  deinit { caffe_dnnl_convolution_destroy(handle) }

  /// Runs the pass with these weights; false if it fails.
  func run(
    _ source: UnsafeMutablePointer<Float>, _ weights: Buffer, _ bias: UnsafeMutablePointer<Float>?,
    _ target: UnsafeMutablePointer<Float>
  ) -> Bool {
    let values = UnsafeMutablePointer(mutating: weights.hostForReading())
    let areNew = weights !== self.weights || weights.version != version
    self.weights = weights
    version = weights.version
    return caffe_dnnl_convolution_run(handle, source, values, bias, target, areNew, threads) == 0
  }

  /// Computes the gradient of the weights; false if it fails.
  func run(
    _ source: UnsafeMutablePointer<Float>, writing gradient: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>
  ) -> Bool {
    caffe_dnnl_convolution_run(handle, source, gradient, nil, target, true, threads) == 0
  }
}
