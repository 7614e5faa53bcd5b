import CKernels
import CaffeCore

extension CPUEngine: PoolingOps {
  /// Prepares pooling of this geometry.
  public func planPooling(_ spec: PoolingSpec) -> any PoolingPlan { CPUPooling(spec, workers: workers) }
}

/// Pooling in lanes where the input is, otherwise of plain planes.
private final class CPUPooling: PoolingPlan {
  private let spec: PoolingSpec
  private let workers: Workers
  private let geometry: caffe_pooling

  /// The forms of the last forward, if it ran in lanes; its backward does too.
  private var lanes: Lanes?
  /// The winners of the last forward: in lanes a byte each, plain an index in the plane each.
  private var winners: AlignedMemory?
  /// Of the last stochastic forward that didn't draw: what it read and wrote.
  private var weighed: (input: Buffer, output: Buffer)?

  init(_ spec: PoolingSpec, workers: Workers) {
    self.spec = spec
    self.workers = workers
    geometry = caffe_pooling(
      height: Int32(spec.input[0]), width: Int32(spec.input[1]), out_height: Int32(spec.output[0]),
      out_width: Int32(spec.output[1]), kernel_h: Int32(spec.kernel[0]), kernel_w: Int32(spec.kernel[1]),
      stride_h: Int32(spec.stride[0]), stride_w: Int32(spec.stride[1]), padding_h: Int32(spec.padding[0]),
      padding_w: Int32(spec.padding[1]))
  }

  func forward(input: Buffer, output: Buffer, mask: Buffer?) {
    // A winner's place in its window must fit a byte.
    let fits = mask == nil && spec.method != .stochastic && spec.kernel[0] * spec.kernel[1] <= 255
    lanes = fits ? Lanes(input, spec) : nil
    weighed = spec.method == .stochastic ? (input, output) : nil
    if let lanes {
      forwardInLanes(lanes, input.lanesForReading(lanes.input, workers), output)
    } else {
      forwardPlain(input.hostForReading(), output.hostForOverwriting(), mask)
    }
  }

  func forwardSampling(input: Buffer, output: Buffer, mask: Buffer?, stream: inout RandomStream) {
    precondition(spec.method == .stochastic, "only stochastic pooling draws")
    lanes = nil
    weighed = nil
    let x = input.hostForReading()
    let y = output.hostForOverwriting()
    let index = UnsafeMutableRawPointer(winnersMemory(spec.outputCount)).assumingMemoryBound(to: Int32.self)
    let state = stream.state
    let windows = spec.output[0] * spec.output[1]
    planes(spec.images * spec.channels, 8) { geometry, first, last in
      withScratch(UInt32.self, (last - first) * windows) { words in
        caffe_random_words(
          state.seed, state.stream, state.position &+ UInt64(first * windows), words, (last - first) * windows)
        caffe_stochastic_pool(geometry, x, words, y, index, first, last)
      }
    }
    stream.state.position = state.position &+ UInt64((spec.outputCount + 3) / 4 * 4)
    guard let mask = mask?.hostForOverwriting() else { return }
    for i in 0..<spec.outputCount { mask[i] = Float(index[i]) }
  }

  func backward(outputGradient: Buffer, inputGradient: Buffer) {
    if let lanes {
      backwardInLanes(lanes, outputGradient.lanesForReading(lanes.output, workers), inputGradient)
    } else {
      backwardPlain(outputGradient.hostForReading(), inputGradient.hostForOverwriting())
    }
  }

  // MARK: - In lanes

  /// Lanes are images, each with all of its planes, or channels, each a plane.
  private struct Lanes {
    let input: LanesForm
    let output: LanesForm
    /// Planes of a block.
    let planes: Int

    /// Takes the form that `values` is in.
    init?(_ values: Buffer, _ spec: PoolingSpec) {
      guard let form = values.lanesForm else { return nil }
      let sizes = (spec.input[0] * spec.input[1], spec.output[0] * spec.output[1])
      let ofImages = form == LanesForm(rows: spec.images, values: spec.channels * sizes.0, width: form.width)
      let (rows, planes) = ofImages ? (spec.images, spec.channels) : (spec.images * spec.channels, 1)
      guard ofImages || form == LanesForm(rows: rows, values: sizes.0, width: form.width) else { return nil }
      input = form
      output = LanesForm(rows: rows, values: planes * sizes.1, width: form.width)
      self.planes = planes
    }
  }

  private func forwardInLanes(_ lanes: Lanes, _ x: UnsafePointer<Float>, _ target: Buffer) {
    let y = target.lanesForOverwriting(lanes.output, workers)
    let index = UnsafeMutableRawPointer(winnersMemory((lanes.output.paddedCount + 3) / 4))
      .assumingMemoryBound(to: UInt8.self)
    let isNarrow = lanes.input.width == 8
    let max = isNarrow ? caffe_lanes_max_pool_8 : caffe_lanes_max_pool
    let average = isNarrow ? caffe_lanes_average_pool_8 : caffe_lanes_average_pool
    planes(lanes.output.blocks * lanes.planes, 4 * lanes.input.width) { geometry, first, last in
      switch self.spec.method {
      case .max: max(geometry, x, y, index, first, last)
      case .average: average(geometry, x, y, first, last)
      case .stochastic: break
      }
    }
    target.clearLanesTail()
  }

  private func backwardInLanes(_ lanes: Lanes, _ dy: UnsafePointer<Float>, _ target: Buffer) {
    let dx = target.lanesForOverwriting(lanes.input, workers)
    let index = UnsafeRawPointer(winnersMemory((lanes.output.paddedCount + 3) / 4)).assumingMemoryBound(to: UInt8.self)
    let isNarrow = lanes.input.width == 8
    let max = isNarrow ? caffe_lanes_max_pool_gradient_8 : caffe_lanes_max_pool_gradient
    let average = isNarrow ? caffe_lanes_average_pool_gradient_8 : caffe_lanes_average_pool_gradient
    planes(lanes.output.blocks * lanes.planes, 4 * lanes.input.width) { geometry, first, last in
      switch self.spec.method {
      case .max: max(geometry, dy, index, dx, first, last)
      case .average: average(geometry, dy, dx, first, last)
      case .stochastic: break
      }
    }
    target.clearLanesTail()
  }

  // MARK: - Plain

  private func forwardPlain(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ mask: Buffer?) {
    switch spec.method {
    case .max:
      let index = UnsafeMutableRawPointer(winnersMemory(spec.outputCount)).assumingMemoryBound(to: Int32.self)
      planes(spec.images * spec.channels, 4) { geometry, first, last in
        caffe_max_pool(geometry, x, y, index, first, last)
      }
      guard let mask = mask?.hostForOverwriting() else { return }
      for i in 0..<spec.outputCount { mask[i] = Float(index[i]) }
    case .average:
      planes(spec.images * spec.channels, 4) { geometry, first, last in caffe_average_pool(geometry, x, y, first, last)
      }
    case .stochastic:
      planes(spec.images * spec.channels, 4) { geometry, first, last in caffe_expected_pool(geometry, x, y, first, last)
      }
    }
  }

  private func backwardPlain(_ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>) {
    switch spec.method {
    case .stochastic where weighed != nil:
      guard let weighed else { return }
      let x = weighed.input.hostForReading()
      let y = weighed.output.hostForReading()
      planes(spec.images * spec.channels, 4) { geometry, first, last in
        caffe_expected_pool_gradient(geometry, x, y, dy, dx, first, last)
      }
    case .max, .stochastic:
      let index = UnsafeRawPointer(winnersMemory(spec.outputCount)).assumingMemoryBound(to: Int32.self)
      planes(spec.images * spec.channels, 4) { geometry, first, last in
        caffe_max_pool_gradient(geometry, dy, index, dx, first, last)
      }
    case .average:
      planes(spec.images * spec.channels, 4) { geometry, first, last in
        caffe_average_pool_gradient(geometry, dy, dx, first, last)
      }
    }
  }

  // MARK: -

  /// Shares out so many planes, whose values take so many bytes each.
  private func planes(
    _ count: Int, _ bytes: Int, _ body: (UnsafePointer<caffe_pooling>, _ first: Int, _ last: Int) -> Void
  ) {
    // A window meets at most the whole plane, however large it is said to be.
    let window = min(spec.kernel[0], spec.input[0]) * min(spec.kernel[1], spec.input[1])
    let values = spec.input[0] * spec.input[1] + spec.output[0] * spec.output[1] * window
    withUnsafePointer(to: geometry) { geometry in
      workers.split(count, bytes: values * bytes, multiple: 1) { body(geometry, $0, $1) }
    }
  }

  private func winnersMemory(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let winners, winners.count >= count { return winners.pointer }
    let memory = AlignedMemory(count: count)
    if !memory.isRehearsed {
      // Until a forward, nothing has won: -1 plain, and in lanes a place that no window has.
      UnsafeMutableRawPointer(memory.pointer).initializeMemory(as: UInt8.self, repeating: 0xFF, count: count * 4)
    }
    winners = memory
    return memory.pointer
  }
}
