import COneDNN
import CaffeCPUEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

@Suite(.serialized)
struct CPUEngineTests {
  /// On one thread; the comparison of engines takes more.
  @Test(arguments: [ConvolutionMethod.lanes, .oneDNN, .gemm])
  func convolvesAllShapesByEachMethod(_ method: ConvolutionMethod) throws {
    let results = EngineComparison.compare(
      CPUEngine(threads: 1, convolutions: method), against: ReferenceEngine(),
      cases: EngineCase.convolutions + EngineCase.chains + EngineCase.normalizedChains
        + EngineCase.randomized(count: 40, seed: 2))
    #expect(!results.isEmpty)
    let failures = results.filter { !$0.passed }.map(\.line)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test(arguments: CPUEngineTests.shapes)
  func convolvesInLanesAsTheReferenceDoes(_ spec: ConvolutionSpec) throws {
    let results = EngineComparison.compare(
      CPUEngine(threads: 2, convolutions: .lanes), against: ReferenceEngine(),
      cases: [EngineCase.convolution("lanes/\(spec)", spec)])
    #expect(results.count == 4)
    let failures = results.filter { !$0.passed }.map(\.line)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  /// Each takes another way through the kernels: block sizes, rows in registers, turned kernels, tails.
  static let shapes: [ConvolutionSpec] = [
    .square(30, 4, 11, input: 9, kernel: 5),
    .square(31, 3, 9, input: 12, kernel: 5),
    .square(16, 3, 16, input: 14, kernel: 5),
    .square(48, 1, 20, input: 14, kernel: 5),
    .square(29, 8, 8, input: 9, kernel: 3, padding: 1),
    .square(16, 9, 3, input: 7, kernel: 7, padding: 3),
    .square(16, 2, 7, input: 13, kernel: 11, padding: 5),
    .square(16, 9, 10, input: 11, kernel: 4, stride: 2, padding: 1),
    .square(17, 10, 10, groups: 2, input: 10, kernel: 3, stride: 2, padding: 1, dilation: 2),
    .square(32, 12, 12, groups: 12, input: 8, kernel: 3, padding: 1),
    .square(16, 16, 12, input: 5, kernel: 1),
    .square(16, 17, 33, input: 3, kernel: 2),
    .square(64, 3, 32, input: 6, kernel: 5, padding: 2)
  ]

  @Test(.enabled(if: caffe_dnnl_channel_block() > 0, "no lanes of channels on this processor"), arguments: tiled)
  func convolvesInTilesAsTheReferenceDoes(_ spec: ConvolutionSpec) throws {
    for threads in 1...2 {
      let engine = CPUEngine(threads: threads, convolutions: .oneDNN)
      let way = spec.stride == [1, 1] ? "in tiles, lanes of channels" : "in tiles of phases, plain to lanes of channels"
      #expect(try engine.planConvolution(spec).method == way)
      let results = EngineComparison.compare(
        engine, against: ReferenceEngine(), cases: [EngineCase.convolution("tiles/\(spec)", spec)])
      let failures = results.filter { !$0.passed }.map(\.line)
      #expect(results.count == 4 && failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
    var stream = RandomStream(seed: 3)
    let count = spec.images * spec.outputCount
    let (x, w) = (stream.buffer(spec.images * spec.inputCount), stream.buffer(spec.weightCount))
    let (bias, addend) = (stream.buffer(spec.outputChannels), stream.buffer(count))
    let finish = ConvolutionFinish(addend: addend, negativeSlope: 0.25)
    let outputs = try [ConvolutionMethod.oneDNN, .gemm].map { method in
      let y = Buffer(count: count)
      try CPUEngine(threads: 2, convolutions: method).planConvolution(spec)
        .forward(input: x, weights: w, bias: bias, output: y, finish: finish)
      return y.values
    }
    #expect(zip(outputs[0], outputs[1]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  /// With groups, odd extents, all paddings and strides, batches of which tiles join one, four, nine or sixteen images, and first layers in several
  /// parts of a batch.
  static let tiled: [ConvolutionSpec] = [
    .square(4, 32, 32, input: 16, kernel: 3, padding: 1),
    .square(4, 32, 32, input: 9, kernel: 3, padding: 1),
    .square(12, 32, 32, input: 9, kernel: 3),
    .square(4, 64, 64, groups: 2, input: 13, kernel: 3, padding: 1),
    .square(4, 32, 64, input: 11, kernel: 3, padding: 2),
    .square(6, 64, 128, groups: 2, input: 11, kernel: 5, padding: 2),
    .square(6, 32, 32, input: 13, kernel: 5),
    .square(10, 32, 32, input: 10, kernel: 3, padding: 1),
    .square(17, 32, 32, input: 14, kernel: 3, padding: 1),
    .square(9, 3, 32, input: 67, kernel: 11, stride: 4),
    .square(3, 3, 64, input: 90, kernel: 10, stride: 4, padding: 3),
    .square(2, 9, 32, input: 48, kernel: 6, stride: 2, padding: 2),
    .square(16, 32, 32, input: 10, kernel: 3, padding: 1),
    .square(8, 32, 32, input: 13, kernel: 5),
    .square(8, 32, 32, input: 9, kernel: 5, padding: 3),
    // All ways to join what tiles become: over one, two and three blocks of channels.
    .square(8, 64, 32, input: 13, kernel: 5),
    .square(16, 80, 32, input: 14, kernel: 3, padding: 1),
    .square(9, 3, 32, input: 90, kernel: 11, stride: 4),
    ConvolutionSpec(
      images: 7, inputChannels: 32, outputChannels: 32, input: [9, 14], kernel: [3, 3], stride: [1, 1], padding: [2, 0],
      dilation: [1, 1]),
    ConvolutionSpec(
      images: 3, inputChannels: 3, outputChannels: 32, input: [60, 83], kernel: [10, 12], stride: [4, 4],
      padding: [2, 5],
      dilation: [1, 1])
  ]

  /// In tiles of lanes of channels, of phases, and of lanes of images.
  @Test(arguments: [
    (ConvolutionMethod.oneDNN, ConvolutionSpec.square(4, 32, 32, input: 16, kernel: 3, padding: 1)),
    (.oneDNN, .square(9, 3, 32, input: 67, kernel: 11, stride: 4)),
    (.lanes, .square(64, 20, 50, input: 12, kernel: 5))
  ])
  func followsWeightsThatChangeBetweenPasses(_ method: ConvolutionMethod, _ spec: ConvolutionSpec) throws {
    let engine = CPUEngine(threads: 2, convolutions: method)
    var stream = RandomStream(seed: 5)
    let (x, w) = (stream.buffer(spec.images * spec.inputCount), stream.buffer(spec.weightCount))
    let dy = stream.buffer(spec.images * spec.outputCount)
    let plan = try engine.planConvolution(spec)
    func outputs(of plan: any ConvolutionPlan) -> [[Float]] {
      let (y, dx) = (Buffer(count: dy.count), Buffer(count: x.count))
      plan.forward(input: x, weights: w, bias: nil, output: y)
      plan.backwardData(outputGradient: dy, weights: w, inputGradient: dx)
      return [y.values, dx.values]
    }
    // The second pass with the same weights keeps what becomes of them.
    for passes in [1, 3, 1, 2] {
      w.set(w.values.map { $0 + 0.25 })
      let wanted = outputs(of: try engine.planConvolution(spec))
      for _ in 0..<passes { #expect(outputs(of: plan) == wanted) }
    }
  }

  @Test(arguments: [
    ConvolutionSpec.square(64, 20, 50, input: 12, kernel: 5), .square(30, 17, 21, input: 11, kernel: 5, padding: 2)
  ])
  func convolvesImagesInTilesAsTheReferenceDoes(_ spec: ConvolutionSpec) throws {
    let engine = CPUEngine(threads: 2, convolutions: .lanes)
    #expect(try engine.planConvolution(spec).method == "in tiles, lanes of images")
    let results = EngineComparison.compare(
      engine, against: ReferenceEngine(), cases: [EngineCase.convolution("tiles/\(spec)", spec)])
    let failures = results.filter { !$0.passed }.map(\.line)
    #expect(results.count == 4 && failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test(arguments: [0, 8, 16])
  func choosesTheMethodByShape(_ block: Int) {
    func method(_ spec: ConvolutionSpec) -> ConvolutionMethod {
      ConvolutionMethod(for: spec, block: block)
    }
    #expect(method(.square(64, 1, 20, input: 28, kernel: 5)) == .lanes)
    #expect(method(.square(100, 20, 50, input: 12, kernel: 5)) == .lanes)
    #expect(method(.square(17, 20, 50, input: 12, kernel: 5)) == .gemm)
    #expect(method(.square(1, 256, 384, input: 13, kernel: 3, padding: 1)) == .oneDNN)
    #expect(method(.square(1, 3, 96, input: 227, kernel: 11, stride: 4)) == .oneDNN)
    #expect(method(.square(1, 64, 64, groups: 64, input: 56, kernel: 3, padding: 1)) == .oneDNN)
    #expect(method(.square(16, 64, 128, input: 28, kernel: 1)) == (block > 0 ? .oneDNN : .gemm))
    #expect(method(.square(64, 32, 32, input: 16, kernel: 5, padding: 2)) == (block > 0 ? .oneDNN : .lanes))
    #expect(method(.square(64, 24, 24, input: 16, kernel: 5, padding: 2)) == (block == 8 ? .oneDNN : .lanes))
    #expect(method(.square(64, 256, 384, input: 13, kernel: 3, padding: 1)) == .oneDNN)
  }

  @Test func givesTheSameBitsEveryTime() throws {
    func run() throws -> [[Float]] {
      let cases = [
        EngineCase.convolution("bits", .square(64, 5, 20, input: 12, kernel: 5)),
        EngineCase.convolution("bits", .square(4, 32, 32, input: 12, kernel: 3)),
        // In tiles, their gradients too.
        EngineCase.convolution("bits", .square(30, 32, 32, input: 14, kernel: 3, padding: 1)),
        EngineCase.convolution("bits", .square(48, 20, 50, input: 12, kernel: 5)),
        EngineCase.convolution("bits", .square(9, 3, 32, input: 90, kernel: 11, stride: 4))
      ]
      return try cases.flatMap { one in
        let run = try one.prepare(on: CPUEngine(threads: 3))
        try run.compute()
        return run.outputs.map { $0.buffer.values }
      }
    }
    let first = try run()
    for _ in 0..<5 { #expect(try run() == first) }
  }

  @Test func keepsValuesInLanesBetweenOperations() throws {
    let engine = CPUEngine(threads: 1)
    let spec = ConvolutionSpec.square(16, 2, 4, input: 6, kernel: 3)
    let plan = try engine.planConvolution(spec)
    let x = Buffer(count: 16 * spec.inputCount)
    let y = Buffer(count: 16 * spec.outputCount)
    plan.forward(input: x, weights: Buffer(count: spec.weightCount), bias: nil, output: y)
    engine.map(.relu(negativeSlope: 0), input: y, output: y, count: y.count)
    #expect(y.currentReplica != nil)
    // Nobody has asked for plain values, so none were made.
    #expect(y.hostByteCount == 0)
    let memory = try #require(y.currentReplica)
    plan.forward(input: x, weights: Buffer(count: spec.weightCount), bias: nil, output: y)
    #expect(y.currentReplica === memory)
  }

  @Test(.enabled(if: caffe_dnnl_channel_block() > 0, "oneDNN has no blocks of channels on this processor"))
  func keepsValuesInLanesOfChannelsBetweenOperations() throws {
    let engine = CPUEngine(threads: 1)
    let specs = [
      ConvolutionSpec.square(2, 3, 32, input: 32, kernel: 3, padding: 1),
      .square(2, 32, 16, input: 16, kernel: 3, padding: 1)
    ]
    let plans = try specs.map { try engine.planConvolution($0) }
    let pooling = engine.planPooling(
      PoolingSpec(
        method: .max, images: 2, channels: 32, input: [32, 32], kernel: [2, 2], stride: [2, 2], padding: [0, 0],
        output: [16, 16]))
    let weights = specs.map { Buffer(count: $0.weightCount) }
    let values = [2 * 3 * 1024, 2 * 32 * 1024, 2 * 32 * 256, 2 * 16 * 256].map { Buffer(count: $0) }
    plans[0].forward(input: values[0], weights: weights[0], bias: nil, output: values[1])
    engine.map(.relu(negativeSlope: 0), input: values[1], output: values[1], count: values[1].count)
    pooling.forward(input: values[1], output: values[2], mask: nil)
    plans[1].forward(input: values[2], weights: weights[1], bias: nil, output: values[3])
    for value in values[1...] { #expect(value.currentReplica != nil && value.hostByteCount == 0) }
  }
}
