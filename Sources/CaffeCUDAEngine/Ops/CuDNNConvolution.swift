import CCUDA
import CaffeCore

/// A convolution by cuDNN, or as matrix products where these are quicker or cuDNN has no algorithm.
final class CuDNNConvolution: ConvolutionPlan {
  private let spec: ConvolutionSpec
  private let engine: CUDAEngine
  private let cudnn: caffe_cudnn_table
  private let handle: caffe_cudnn
  private var forms: CuDNNForms
  private let products: GemmConvolution
  /// How each pass goes, chosen when it was first asked for.
  private var ways: [ConvolutionPass.Kind: ConvolutionWay] = [:]

  private var device: CUDADevice { engine.device }

  /// Prepares a convolution; nothing where cuDNN isn't there or has none of this form.
  init?(_ spec: ConvolutionSpec, engine: CUDAEngine) {
    guard let cudnn = engine.device.libraries.cudnn, let handle = engine.device.dnn, (1...3).contains(spec.input.count),
      spec.images > 0, spec.weightCount > 0, spec.inputCount > 0, spec.outputCount > 0,
      let plain = CuDNNForms(spec, cudnn, usesTF32: engine.device.options.usesTF32)
    else { return nil }
    self.spec = spec
    self.engine = engine
    self.cudnn = cudnn
    self.handle = handle
    forms = plain
    products = GemmConvolution(spec, engine: engine)
    if spec.suitsTensorCores, engine.device.options.usesTF32,
      let last = CuDNNForms(spec, cudnn, usesTF32: true, channelsLast: true)
    {
      forms = last
      // All passes, or else values would be turned round between them.
      if [.forward, .data, .filter].contains(where: { algorithms($0).isEmpty }) { forms = plain }
    }
  }

  var method: String {
    switch ways[.forward] ?? promised(.forward) {
    case .products: products.method
    case .library: "cuDNN"
    }
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    forward(input: input, weights: weights, bias: bias, output: output, finish: ConvolutionFinish())
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    let way = way(.forward) {
      self.forward($0, input: input, weights: weights, bias: bias, output: output, finish: finish)
    }
    forward(way, input: input, weights: weights, bias: bias, output: output, finish: finish)
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let way = way(.data) {
      self.backwardData($0, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
    backwardData(way, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    if let weightGradient {
      let way = way(.filter) {
        // Gradients are added to what is there, which must stay.
        self.backwardWeights(
          $0, input: input, outputGradient: outputGradient, weightGradient: Buffer(count: self.spec.weightCount))
      }
      backwardWeights(way, input: input, outputGradient: outputGradient, weightGradient: weightGradient)
    }
    if let biasGradient { engine.addBiasGradient(spec, outputGradient, to: biasGradient) }
  }
}

// MARK: - Passes

extension CuDNNConvolution {
  private func forward(
    _ way: ConvolutionWay, input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish
  ) {
    guard case .library(let algorithm) = way else {
      return products.forward(input: input, weights: weights, bias: bias, output: output, finish: finish)
    }
    let count = spec.images * spec.outputCount
    let (x, w) = (engine.read(input, in: forms.inputOrder), engine.read(weights, in: forms.weightOrder))
    let b = bias.map { engine.read($0) } ?? 0
    let addend = finish.addend.map { engine.read($0, in: forms.outputOrder) } ?? 0
    let y = engine.write(output, count, in: forms.outputOrder)
    call(.forward, algorithm, x, w, y, beta: 0) { [cudnn, handle, forms] alpha, beta, room in
      cudnn.forward(
        handle, alpha, forms.input, x, forms.weights, w, forms.convolution, algorithm.number, room, algorithm.bytes,
        beta, forms.output, y)
    }
    let slope = finish.negativeSlope ?? 1
    guard b != 0 || addend != 0 || slope != 1 else { return }
    device.launch(
      .finishConvolution, .over(count), y, b, addend, slope, y, count,
      caffe_gpu_divisor(forms.outputOrder == .plain ? spec.places : 1),
      caffe_gpu_divisor(spec.outputChannels), Int32(0))
  }

  private func backwardData(_ way: ConvolutionWay, outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    guard case .library(let algorithm) = way else {
      return products.backwardData(outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
    let (dy, w) = (engine.read(outputGradient, in: forms.outputOrder), engine.read(weights, in: forms.weightOrder))
    let dx = engine.write(inputGradient, spec.images * spec.inputCount, in: forms.inputOrder)
    call(.data, algorithm, dy, w, dx, beta: 0) { [cudnn, handle, forms] alpha, beta, room in
      cudnn.backwardData(
        handle, alpha, forms.weights, w, forms.output, dy, forms.convolution, algorithm.number, room,
        algorithm.bytes, beta, forms.input, dx)
    }
  }

  private func backwardWeights(_ way: ConvolutionWay, input: Buffer, outputGradient: Buffer, weightGradient: Buffer) {
    guard case .library(let algorithm) = way else {
      return products.backwardParameters(
        input: input, outputGradient: outputGradient, weightGradient: weightGradient, biasGradient: nil)
    }
    let (x, dy) = (engine.read(input, in: forms.inputOrder), engine.read(outputGradient, in: forms.outputOrder))
    let (dw, isZero) = engine.accumulate(weightGradient, spec.weightCount, in: forms.weightOrder)
    call(.filter, algorithm, x, dy, dw, beta: isZero ? 0 : 1) { [cudnn, handle, forms] alpha, beta, room in
      cudnn.backwardFilter(
        handle, alpha, forms.input, x, forms.output, dy, forms.convolution, algorithm.number, room, algorithm.bytes,
        beta, forms.weights, dw)
    }
  }

  /// What tells a call from others: all that it depends on.
  private struct Signature: Hashable {
    let pass: ConvolutionPass
    let algorithm: CuDNNAlgorithm
    let addresses: [UInt64]
    let beta: Float
  }

  private func call(
    _ kind: ConvolutionPass.Kind, _ algorithm: CuDNNAlgorithm, _ a: UInt64, _ b: UInt64, _ result: UInt64, beta: Float,
    _ body: @escaping (_ alpha: UnsafePointer<Float>, _ beta: UnsafePointer<Float>, _ room: UInt64) -> Int32
  ) {
    guard let room = algorithm.bytes == 0 ? 0 : device.room(algorithm.bytes) else { return }
    let signature = Signature(
      pass: ConvolutionPass(spec: spec, kind: kind), algorithm: algorithm, addresses: [a, b, result, room], beta: beta)
    device.call(signature.hashValue, "a convolution", by: .cudnn) { [cudnn, forms] in
      let status = cudnn.setMath(forms.convolution, algorithm.math)
      guard status == 0 else { return status }
      return withUnsafePointer(to: Float(1)) { alpha in withUnsafePointer(to: beta) { body(alpha, $0, room) } }
    }
  }
}

// MARK: - Ways

extension CuDNNConvolution {
  /// How a pass goes. The first time, the ways there are are tried with `trial`, where results needn't be the same each time.
  private func way(_ kind: ConvolutionPass.Kind, _ trial: (ConvolutionWay) -> Void) -> ConvolutionWay {
    if let way = ways[kind] { return way }
    let pass = ConvolutionPass(spec: spec, kind: kind)
    let way = device.convolutionWays[pass] ?? quickest(kind, trial)
    device.convolutionWays[pass] = way
    ways[kind] = way
    return way
  }

  private func quickest(_ kind: ConvolutionPass.Kind, _ trial: (ConvolutionWay) -> Void) -> ConvolutionWay {
    guard device.options.triesConvolutions, !device.options.isDeterministic, device.failure == nil else {
      return algorithms(kind).first.map { .library($0) } ?? .products
    }
    let ways = possibleWays(kind)
    return device.quickest(of: ways, trial) ?? ways.first ?? .products
  }

  /// All ways that there is memory for.
  func possibleWays(_ kind: ConvolutionPass.Kind) -> [ConvolutionWay] {
    let free = engine.freeMemory
    let ways = algorithms(kind).filter { $0.bytes <= max(free / 2, device.workspace?.bytes ?? 0) }.map {
      ConvolutionWay.library($0)
    }
    // Products would turn round what has its channels last.
    return ways + (forms.outputOrder == .plain ? [.products] : [])
  }

  /// How a pass will probably go.
  private func promised(_ kind: ConvolutionPass.Kind) -> ConvolutionWay {
    device.convolutionWays[ConvolutionPass(spec: spec, kind: kind)]
      ?? algorithms(kind).first.map { .library($0) } ?? .products
  }

  /// The algorithms that can be used, the one first that cuDNN expects to be the fastest.
  private func algorithms(_ kind: ConvolutionPass.Kind) -> [CuDNNAlgorithm] {
    device.makeCurrent()
    let most = Int(CAFFE_CUDNN_ALGORITHMS)
    var told = [caffe_cudnn_performance](repeating: caffe_cudnn_performance(), count: most)
    var found: Int32 = 0
    let (x, y, w, c) = (forms.input, forms.output, forms.weights, forms.convolution)
    guard cudnn.setMath(c, forms.math) == 0 else { return [] }
    let status =
      switch kind {
      case .forward: cudnn.forwardAlgorithms(handle, x, w, c, y, Int32(most), &found, &told)
      case .data: cudnn.dataAlgorithms(handle, w, y, c, x, Int32(most), &found, &told)
      case .filter: cudnn.filterAlgorithms(handle, x, y, c, w, Int32(most), &found, &told)
      }
    guard status == 0 else { return [] }
    let usable = CuDNNAlgorithm.usable(
      of: Array(told.prefix(Int(found))), for: ConvolutionPass(spec: spec, kind: kind), device.options)
    return usable.compactMap { algorithm in
      workspace(kind, algorithm).map { CuDNNAlgorithm(number: algorithm.algorithm, math: algorithm.math, bytes: $0) }
    }
  }

  /// The bytes that an algorithm needs; nothing where it doesn't work after all, or needs too many.
  private func workspace(_ kind: ConvolutionPass.Kind, _ algorithm: caffe_cudnn_performance) -> Int? {
    var bytes = 0
    let number = algorithm.algorithm
    let (x, y, w, c) = (forms.input, forms.output, forms.weights, forms.convolution)
    guard cudnn.setMath(c, algorithm.math) == 0 else { return nil }
    let status =
      switch kind {
      case .forward: cudnn.forwardWorkspace(handle, x, w, c, y, number, &bytes)
      case .data: cudnn.dataWorkspace(handle, w, y, c, x, number, &bytes)
      case .filter: cudnn.filterWorkspace(handle, x, y, c, w, number, &bytes)
      }
    return status == 0 && bytes <= device.options.workspaceLimit ? bytes : nil
  }
}

extension ConvolutionSpec {
  /// Whether cuDNN's kernels for tensor cores, which take channels last, can compute it as it is.
  fileprivate var suitsTensorCores: Bool { input.count == 2 && groups == 1 && outputChannels % 4 == 0 }
}
