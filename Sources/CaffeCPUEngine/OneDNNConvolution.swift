import COneDNN
import CaffeCore

/// Convolution by oneDNN's primitives. Where they compute in blocks of channels, inputs and outputs are taken and left in lanes of
/// channels, so that a chain of layers reorders nothing.
final class OneDNNConvolution: ConvolutionPlan {
  var method: String {
    switch (forwardPass.sourceIsBlocked, forwardPass.targetIsBlocked) {
    case _ where winograd != nil: "in tiles, lanes of channels"
    case _ where phased != nil: "in tiles of phases, plain to lanes of channels"
    case (true, true): "oneDNN, lanes of channels"
    case (false, true): "oneDNN, plain to lanes of channels"
    default: "oneDNN, reordered"
    }
  }
  private let spec: ConvolutionSpec
  private let workers: Workers
  private let forwardPass: OneDNNPass
  /// Forward passes that finish their outputs; `nil` where oneDNN has none.
  private var finishingPasses: [OneDNNPass.Finish: OneDNNPass?] = [:]
  private lazy var dataPass = try? OneDNNPass(spec, CAFFE_DNNL_BACKWARD_DATA, workers)
  private lazy var weightsPass = try? OneDNNPass(spec, CAFFE_DNNL_BACKWARD_WEIGHTS, workers)
  /// Of our own, where they compute less than oneDNN's.
  private var winograd: WinogradConvolution?
  private var phased: PhasedConvolution?
  private lazy var winogradData = winograd.flatMap { _ in
    WinogradConvolution(spec, width: outputLanes.width, turned: true, workers: workers)
  }
  /// For a backward pass that oneDNN hasn't got.
  private lazy var replacement = GemmConvolution(spec, workers: workers)
  private let noBias: AlignedMemory
  private let inputLanes: LanesForm
  private let outputLanes: LanesForm

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
    let width = max(Int(caffe_dnnl_channel_block()), 8)
    inputLanes = LanesForm(rows: spec.images * spec.inputChannels, values: spec.input.reduce(1, *), width: width)
    outputLanes = LanesForm(rows: spec.images * spec.outputChannels, values: spec.output.reduce(1, *), width: width)
    guard caffe_dnnl_channel_block() > 0, spec.input.count == 2 else { return }
    if pass.sourceIsBlocked, pass.targetIsBlocked {
      winograd = WinogradConvolution(spec, width: width, workers: workers)
    } else if !pass.sourceIsBlocked {
      phased = PhasedConvolution(spec, width: width, workers: workers)
    }
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    if runsInTiles(input, weights, bias, output, ConvolutionFinish()) { return }
    let x = read(input, forwardPass.sourceIsBlocked, inputLanes)
    let b = bias.map { UnsafeMutablePointer(mutating: $0.hostForReading()) } ?? noBias.pointer
    let y = write(output, forwardPass.targetIsBlocked, outputLanes)
    if !forwardPass.run(x, weights, b, y) {
      replacement.forward(input: input, weights: weights, bias: bias, output: output)
    }
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    if runsInTiles(input, weights, bias, output, finish) { return }
    if let pass = pass(for: finish) {
      let x = read(input, pass.sourceIsBlocked, inputLanes)
      let b = bias.map { UnsafeMutablePointer(mutating: $0.hostForReading()) } ?? noBias.pointer
      let addend = finish.addend.map { read($0, pass.targetIsBlocked, outputLanes) }
      if pass.run(x, weights, b, write(output, pass.targetIsBlocked, outputLanes), adding: addend) { return }
    }
    forward(input: input, weights: weights, bias: bias, output: output)
    workers.apply(finish, to: output)
  }

  /// Computes the outputs in tiles, if that is how it is done.
  private func runsInTiles(
    _ input: Buffer, _ weights: Buffer, _ bias: Buffer?, _ output: Buffer, _ finish: ConvolutionFinish
  ) -> Bool {
    guard winograd != nil || phased != nil else { return false }
    let x = read(input, forwardPass.sourceIsBlocked, inputLanes)
    let addend = finish.addend?.lanesForReading(outputLanes, workers)
    let b = bias?.hostForReading()
    let y = output.lanesForOverwriting(outputLanes, workers)
    let slope = finish.negativeSlope ?? 1
    winograd?.run(x, weights, b, y, adding: addend, slope: slope)
    phased?.run(x, weights, b, y, adding: addend, slope: slope)
    return true
  }

  private func pass(for finish: ConvolutionFinish) -> OneDNNPass? {
    let key = OneDNNPass.Finish(adds: finish.addend != nil, slope: finish.negativeSlope)
    if let made = finishingPasses[key] { return made }
    let pass = try? OneDNNPass(spec, CAFFE_DNNL_FORWARD, workers, finish: key)
    finishingPasses[key] = .some(pass)
    return pass
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    if let winogradData {
      let dy = outputGradient.lanesForReading(outputLanes, workers)
      return winogradData.run(dy, weights, nil, inputGradient.lanesForOverwriting(inputLanes, workers))
    }
    if let pass = dataPass ?? nil {
      let dy = read(outputGradient, pass.targetIsBlocked, outputLanes)
      if pass.run(write(inputGradient, pass.sourceIsBlocked, inputLanes), weights, nil, dy) { return }
    }
    replacement.backwardData(outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    if let weightGradient, winograd?.computesWeightGradient ?? phased?.computesWeightGradient ?? false {
      let x = read(input, forwardPass.sourceIsBlocked, inputLanes)
      let dy = outputGradient.lanesForReading(outputLanes, workers)
      let dw = weightGradient.hostForUpdating()
      winograd?.addGradient(x, dy, to: dw)
      phased?.addGradient(x, dy, to: dw)
      if let biasGradient { addBiasGradient(dy, to: biasGradient.hostForUpdating()) }
      return
    }
    if let weightGradient, let pass = weightsPass ?? nil {
      let x = read(input, pass.sourceIsBlocked, inputLanes)
      let dy = read(outputGradient, pass.targetIsBlocked, outputLanes)
      // Where there is nothing to add to, they need no room of their own.
      let direct = weightGradient.isUntouched ? weightGradient.hostForOverwriting() : nil
      let isDone = workers.withRoom(for: spec.outputChannels + (direct == nil ? spec.weightCount : 0)) { biasSum in
        let sum = direct ?? biasSum + spec.outputChannels
        guard pass.run(x, writing: sum, biasSum, dy) else { return false }
        if direct == nil { workers.add(sum, to: weightGradient) }
        if let biasGradient { workers.add(biasSum, to: biasGradient) }
        return true
      }
      if isDone { return }
      if direct != nil { weightGradient.setZeros() }
    }
    replacement.backwardParameters(
      input: input, outputGradient: outputGradient, weightGradient: weightGradient, biasGradient: biasGradient)
  }

  private func addBiasGradient(_ dy: UnsafePointer<Float>, to db: UnsafeMutablePointer<Float>) {
    let shape = ChannelSpec(
      outer: spec.images, channels: spec.outputChannels, inner: outputLanes.values * outputLanes.width)
    let layout = ChannelForm(form: .lanes(outputLanes), shape: shape, channelsPerPlane: outputLanes.width)
    withScratch(Double.self, spec.outputChannels) { sums in
      workers.channelSums(.values, layout, dy, into: sums)
      guard !workers.rehearses else { return }
      for channel in 0..<spec.outputChannels { db[channel] += Float(sums[channel]) }
    }
  }

  private func read(_ buffer: Buffer, _ isBlocked: Bool, _ lanes: LanesForm) -> UnsafeMutablePointer<Float> {
    UnsafeMutablePointer(mutating: isBlocked ? buffer.lanesForReading(lanes, workers) : buffer.hostForReading())
  }

  private func write(_ buffer: Buffer, _ isBlocked: Bool, _ lanes: LanesForm) -> UnsafeMutablePointer<Float> {
    isBlocked
      ? buffer.lanesForOverwriting(lanes, workers) : buffer.plainForWriting(lanes.rows * lanes.values)
  }
}

/// One pass of a convolution.
private final class OneDNNPass {
  /// What becomes of the sums of a forward pass.
  struct Finish: Hashable {
    var adds = false
    var slope: Float?
  }

  /// Whether inputs, and outputs, or their gradients are in lanes of channels.
  let sourceIsBlocked: Bool
  let targetIsBlocked: Bool

  private let handle: OpaquePointer
  private let workers: Workers
  /// Room for what oneDNN holds in its own layout.
  private let room = Workspace()
  private let roomCount: Int
  private let scratchCount: Int
  /// The weights that oneDNN holds in its own layout, and of which version they are.
  private weak var weights: Buffer?
  private var version: UInt64 = 0

  init?(_ spec: ConvolutionSpec, _ pass: Int, _ workers: Workers, finish: Finish = Finish()) throws {
    self.workers = workers
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
    let steps = caffe_dnnl_finish(adds: finish.adds, rectifies: finish.slope != nil, slope: finish.slope ?? 0)
    let status = caffe_dnnl_convolution_create(
      &geometry, Int32(pass), pass != CAFFE_DNNL_BACKWARD_DATA, steps, Int32(workers.count), &made)
    guard let made else {
      if caffe_dnnl_has_none(status) { return nil }
      let text = String(cString: caffe_dnnl_status_text(status))
      throw CaffeError(
        .unsupported, "oneDNN can't prepare a convolution of \(spec.images) images: \(text); try a smaller batch")
    }
    handle = made
    roomCount = (caffe_dnnl_convolution_room(made) + 3) / MemoryLayout<Float>.stride
    sourceIsBlocked = caffe_dnnl_convolution_source_is_blocked(made)
    targetIsBlocked = caffe_dnnl_convolution_target_is_blocked(made)
    scratchCount = (caffe_dnnl_convolution_scratch(made) + 3) / MemoryLayout<Float>.stride
  }

  deinit { caffe_dnnl_convolution_destroy(handle) }

  /// Runs the pass with these weights; false if it fails.
  func run(
    _ source: UnsafeMutablePointer<Float>, _ weights: Buffer, _ bias: UnsafeMutablePointer<Float>?,
    _ target: UnsafeMutablePointer<Float>, adding addend: UnsafeMutablePointer<Float>? = nil
  ) -> Bool {
    let values = UnsafeMutablePointer(mutating: weights.hostForReading())
    let areNew = weights !== self.weights || weights.version != version
    self.weights = weights
    version = weights.version
    return run(source, values, bias, target, addend, areNew)
  }

  /// Computes the gradients of weights and bias; false if it fails.
  func run(
    _ source: UnsafeMutablePointer<Float>, writing gradient: UnsafeMutablePointer<Float>,
    _ bias: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) -> Bool {
    run(source, gradient, bias, target, nil, true)
  }

  private func run(
    _ source: UnsafeMutablePointer<Float>, _ weights: UnsafeMutablePointer<Float>,
    _ bias: UnsafeMutablePointer<Float>?, _ target: UnsafeMutablePointer<Float>,
    _ addend: UnsafeMutablePointer<Float>?, _ areNew: Bool
  ) -> Bool {
    let room = room.room(for: roomCount)
    return workers.withRoom(for: scratchCount) { scratch in
      guard !workers.rehearses else { return true }
      return caffe_dnnl_convolution_run(
        handle, source, weights, bias, target, addend, areNew, room, scratch, Int32(workers.count)) == 0
    }
  }
}
