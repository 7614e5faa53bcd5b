import CCUDA
import CaffeCore

/// A convolution by cuDNN; passes that it has no algorithm for are matrix products.
final class CuDNNConvolution: ConvolutionPlan {
  private let spec: ConvolutionSpec
  private let engine: CUDAEngine
  private let cudnn: caffe_cudnn_table
  private let handle: caffe_cudnn
  private let forms: CuDNNForms
  private let products: GemmConvolution
  /// What was chosen for each pass when it was first asked for.
  private var choices: [Pass: CuDNNAlgorithm?] = [:]

  private enum Pass: Hashable { case forward, data, filter }

  private var device: CUDADevice { engine.device }

  /// Prepares a convolution; nothing where cuDNN isn't there or has none of this form.
  init?(_ spec: ConvolutionSpec, engine: CUDAEngine) {
    guard let cudnn = engine.device.libraries.cudnn, let handle = engine.device.dnn, (1...3).contains(spec.input.count),
      spec.images > 0, spec.weightCount > 0, spec.inputCount > 0, spec.outputCount > 0,
      let forms = CuDNNForms(spec, cudnn, usesTF32: engine.device.options.usesTF32)
    else { return nil }
    self.spec = spec
    self.engine = engine
    self.cudnn = cudnn
    self.handle = handle
    self.forms = forms
    products = GemmConvolution(spec, engine: engine)
  }

  var method: String { algorithm(.forward) == nil ? products.method : "cuDNN" }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    forward(input: input, weights: weights, bias: bias, output: output, finish: ConvolutionFinish())
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    guard let algorithm = algorithm(.forward) else {
      return products.forward(input: input, weights: weights, bias: bias, output: output, finish: finish)
    }
    let count = spec.images * spec.outputCount
    let (x, w, b) = (engine.read(input), engine.read(weights), bias.map { engine.read($0) } ?? 0)
    let addend = finish.addend.map { engine.read($0) } ?? 0
    let y = engine.write(output, count)
    call(.forward, algorithm, x, w, y, beta: 0) { [cudnn, handle, forms] alpha, beta, room in
      cudnn.forward(
        handle, alpha, forms.input, x, forms.weights, w, forms.convolution, algorithm.number, room, algorithm.bytes,
        beta, forms.output, y)
    }
    let slope = finish.negativeSlope ?? 1
    guard b != 0 || addend != 0 || slope != 1 else { return }
    device.launch(
      .finishConvolution, .over(count), y, b, addend, slope, y, count, caffe_gpu_divisor(spec.places),
      caffe_gpu_divisor(spec.outputChannels), Int32(0))
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    guard let algorithm = algorithm(.data) else {
      return products.backwardData(outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
    let (dy, w) = (engine.read(outputGradient), engine.read(weights))
    let dx = engine.write(inputGradient, spec.images * spec.inputCount)
    call(.data, algorithm, dy, w, dx, beta: 0) { [cudnn, handle, forms] alpha, beta, room in
      cudnn.backwardData(
        handle, alpha, forms.weights, w, forms.output, dy, forms.convolution, algorithm.number, room,
        algorithm.bytes, beta, forms.input, dx)
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    guard let algorithm = algorithm(.filter) else {
      return products.backwardParameters(
        input: input, outputGradient: outputGradient, weightGradient: weightGradient, biasGradient: biasGradient)
    }
    if let weightGradient {
      let (x, dy) = (engine.read(input), engine.read(outputGradient))
      let (dw, isZero) = engine.accumulate(weightGradient, spec.weightCount)
      call(.filter, algorithm, x, dy, dw, beta: isZero ? 0 : 1) { [cudnn, handle, forms] alpha, beta, room in
        cudnn.backwardFilter(
          handle, alpha, forms.input, x, forms.output, dy, forms.convolution, algorithm.number, room,
          algorithm.bytes, beta, forms.weights, dw)
      }
    }
    if let biasGradient { engine.addBiasGradient(spec, outputGradient, to: biasGradient) }
  }
}

// MARK: - Algorithms

extension CuDNNConvolution {
  /// What tells a call from others: all that it depends on.
  private struct Signature: Hashable {
    let spec: ConvolutionSpec
    let pass: Pass
    let algorithm: CuDNNAlgorithm
    let addresses: [UInt64]
    let beta: Float
  }

  private func call(
    _ pass: Pass, _ algorithm: CuDNNAlgorithm, _ a: UInt64, _ b: UInt64, _ result: UInt64, beta: Float,
    _ body: @escaping (_ alpha: UnsafePointer<Float>, _ beta: UnsafePointer<Float>, _ room: UInt64) -> Int32
  ) {
    guard let room = algorithm.bytes == 0 ? 0 : device.room(algorithm.bytes) else { return }
    let signature = Signature(
      spec: spec, pass: pass, algorithm: algorithm, addresses: [a, b, result, room], beta: beta)
    device.call(signature.hashValue, "a convolution by cuDNN") {
      withUnsafePointer(to: Float(1)) { alpha in withUnsafePointer(to: beta) { body(alpha, $0, room) } }
    }
  }

  /// The algorithm for a pass; chosen when it is first asked for, before anything is begun.
  private func algorithm(_ pass: Pass) -> CuDNNAlgorithm? {
    if let choice = choices[pass] { return choice }
    let choice = chosen(pass)
    choices[pass] = .some(choice)
    return choice
  }

  private func chosen(_ pass: Pass) -> CuDNNAlgorithm? {
    device.makeCurrent()
    let most = Int(CAFFE_CUDNN_ALGORITHMS)
    var told = [caffe_cudnn_performance](repeating: caffe_cudnn_performance(), count: most)
    var found: Int32 = 0
    let (x, y, w, c) = (forms.input, forms.output, forms.weights, forms.convolution)
    let status =
      switch pass {
      case .forward: cudnn.forwardAlgorithms(handle, x, w, c, y, Int32(most), &found, &told)
      case .data: cudnn.dataAlgorithms(handle, w, y, c, x, Int32(most), &found, &told)
      case .filter: cudnn.filterAlgorithms(handle, x, y, c, w, Int32(most), &found, &told)
      }
    guard status == 0 else { return nil }
    let best = CuDNNAlgorithm.best(
      of: Array(told.prefix(Int(found))), isDeterministic: device.options.isDeterministic,
      limit: device.options.workspaceLimit)
    guard let best, let bytes = workspace(pass, best.algorithm) else { return nil }
    return CuDNNAlgorithm(number: best.algorithm, bytes: bytes)
  }

  /// The bytes that an algorithm needs; nothing where it doesn't work after all, or needs too many.
  private func workspace(_ pass: Pass, _ algorithm: Int32) -> Int? {
    var bytes = 0
    let (x, y, w, c) = (forms.input, forms.output, forms.weights, forms.convolution)
    let status =
      switch pass {
      case .forward: cudnn.forwardWorkspace(handle, x, w, c, y, algorithm, &bytes)
      case .data: cudnn.dataWorkspace(handle, w, y, c, x, algorithm, &bytes)
      case .filter: cudnn.filterWorkspace(handle, x, y, c, w, algorithm, &bytes)
      }
    return status == 0 && bytes <= device.options.workspaceLimit ? bytes : nil
  }
}
