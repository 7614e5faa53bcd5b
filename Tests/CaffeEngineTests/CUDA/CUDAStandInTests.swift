import CCUDA
import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Synchronization
import Testing

/// The CUDA engine on the stand-in, beyond what is asked of every engine. A test that changes how a device behaves has a device to
/// itself: 8 runs backwards, 9 and 12 refuse graphs, 10 and 11 have little memory.
struct CUDAStandInTests {
  @Test
  func lanesThatRunBackwardsGiveTheSameBits() throws {
    StandIn.reverse(8)
    let (forwards, backwards) = (try CUDAEngine.standIn(), try CUDAEngine.standIn(ordinal: 8))
    let different = try EngineCase.small.filter { engineCase in
      try bits(of: engineCase, on: forwards) != bits(of: engineCase, on: backwards)
    }
    #expect(different.map(\.name) == [])
  }

  @Test
  func graphsGiveTheSameBits() throws {
    let (graphs, none) = (try CUDAEngine.standIn(), try CUDAEngine.standInWithoutGraphs())
    let cases = EngineCase.chains + EngineCase.normalizedChains + EngineCase.recurrences
    let different = try cases.filter { engineCase in
      try bits(of: engineCase, on: graphs, times: 4) != bits(of: engineCase, on: none, times: 4)
    }
    #expect(different.map(\.name) == [])
    #expect(graphs.device.graphsMade > 0)
    #expect(none.device.graphsMade == 0)
  }

  @Test
  func aGraphTakesOtherNumbers() throws {
    let engines: [any Engine] = [
      try CUDAEngine.standIn(), try CUDAEngine.standInWithoutGraphs(), ReferenceEngine()
    ]
    let results = try engines.map { engine in
      var net = TrainedNet()
      for rate in [0.5, 0.4, 0.3, 0.2, 0.1] as [Float] { try net.step(on: engine, rate: rate) }
      return net.results
    }
    #expect(results[0].map(\.bitPattern) == results[1].map(\.bitPattern))
    let difference = Tolerance.sums.worstDifference(got: results[0], want: results[2])
    #expect(difference.passed, "\(difference)")
    let device = try #require(engines[0] as? CUDAEngine).device
    #expect(device.graphsMade == 1)
  }

  @Test
  func matrixProductsInAGraphHaveRoomOfTheEngines() throws {
    let engine = try CUDAEngine.standIn()
    let spec = GemmSpec(rows: 2, columns: 2, inner: 2)
    let (a, b) = (Buffer([1, 2, 3, 4]), Buffer([1, 0, 0, 2]))
    let results = (0..<4).map { _ in Buffer.dirty(4) }
    for _ in 0..<3 {
      for result in results { engine.gemm(spec, Operand(a), Operand(b), into: Operand(result)) }
      engine.submit()
    }
    try engine.finish()
    #expect(engine.device.graphsMade == 1)
    for result in results { #expect(result.values == [1, 4, 3, 8]) }
  }

  @Test
  func aStepStartsEachOperationOnceAndClearsNothing() throws {
    let engine = try CUDAEngine.standIn()
    var net = TrainedNet()
    try net.step(on: engine, rate: 0.1)
    let before = engine.device.started
    try net.step(on: engine, rate: 0.1)
    // Two updates are one, and two gradients are set where they would be cleared and added to.
    #expect(engine.device.started - before == 8)
  }

  @Test
  func whatIsRefusedAsAGraphIsDoneWithoutAndTheRestIsNot() throws {
    StandIn.refuseCaptures(9, 2)
    let log = RecordedLog()
    let engine = try CUDAEngine.standIn(ordinal: 9, logger: log.logger)
    try chains(of: [5, 6, 7], on: engine)
    #expect(engine.device.graphsMade == 1)
    #expect(log.warnings.count == 2)
    #expect(log.warnings.first?.contains("starts each of 5 kernels by itself, which is slower") == true)
  }

  @Test
  func threeRefusalsEndAllGraphs() throws {
    StandIn.refuseCaptures(12, 3)
    let log = RecordedLog()
    let engine = try CUDAEngine.standIn(ordinal: 12, logger: log.logger)
    try chains(of: [5, 6, 7, 8], on: engine)
    #expect(engine.device.graphsMade == 0)
    #expect(log.warnings.map { $0.hasSuffix("from now on it does so with all") } == [false, false, true])
  }

  @Test
  func oneKernelIsAGraphWhereThatIsAskedFor() throws {
    var options = CUDAOptions()
    options.shortestGraph = 1
    let engine = try CUDAEngine.standIn(options)
    let cases = EngineCase.maps + EngineCase.gemms
    for _ in 0..<2 {
      let results = EngineComparison.compare(engine, against: ReferenceEngine(), cases: cases)
      #expect(results.filter { !$0.passed }.map(\.line) == [])
    }
    #expect(engine.device.graphsMade > 0)
  }

  @Test
  func aProductThatCannotBeCapturedIsComputedWithout() throws {
    var libraries = CUDALibraries.standIn
    // Without room of its own the stand-in's cuBLAS can't be captured.
    libraries.cublas.setWorkspace = { _, _, _ in 0 }
    let log = RecordedLog()
    let engine = try CUDAEngine.standIn(logger: log.logger, libraries: libraries)
    let (a, power, next) = (Buffer([1, 2, 3, 4]), Buffer([1, 0, 0, 1]), Buffer.dirty(4))
    for _ in 0..<3 {
      for _ in 0..<2 {
        engine.gemm(GemmSpec(rows: 2, columns: 2, inner: 2), Operand(a), Operand(power), into: Operand(next))
        engine.axpby(1, next, 0, power, count: 4)
      }
      engine.submit()
    }
    try engine.finish()
    #expect(power.values == [5743, 8370, 12555, 18298])
    #expect(log.warnings.count == 1 && engine.device.graphsMade == 0)
    #expect(log.warnings.first?.contains("a matrix product by cuBLAS failed with error 7") == true, "\(log.warnings)")
  }

  /// Asks four times in turn for series of so many kernels; all must come to what they should.
  private func chains(of lengths: [Int], on engine: CUDAEngine) throws {
    let values = lengths.map { _ in Buffer([1, 2]) }
    for _ in 0..<4 {
      for (length, buffer) in zip(lengths, values) {
        for _ in 0..<length { engine.axpby(1, buffer, 1, buffer, count: 2) }
        engine.submit()
      }
    }
    try engine.finish()
    for (length, buffer) in zip(lengths, values) {
      let factor = Float(1 << (4 * length))
      #expect(buffer.values == [factor, 2 * factor])
    }
  }

  @Test
  func exhaustedMemoryIsAnErrorWithNumbers() throws {
    StandIn.limitMemory(10, to: 96 << 20)
    let engine = try CUDAEngine.standIn(ordinal: 10)
    let (x, y) = (Buffer(count: 40 << 20), Buffer([1, 2]))
    engine.fill(x, count: x.count, with: 1)
    let error = try #require(throws: CaffeError.self) { try engine.check() }
    #expect(error.message.contains("160 MiB more were asked for, 32 MiB of 96 MiB are free"), "\(error)")
    #expect(error.message.contains("reduce batch_size"))
    // Nothing is done any more, and what is read is zeros.
    engine.map(.sigmoid, input: y, output: y, count: 2)
    #expect(engine.absoluteSum(y, count: 2) == 0)
    #expect(throws: CaffeError.self) { try engine.finish() }
  }

  @Test(arguments: [true, false])
  func errorsOfLibrariesComeWithTheirTexts(_ hasTexts: Bool) throws {
    var libraries = CUDALibraries.standIn
    libraries.cublas.sgemm = { _, _, _, _, _, _, _, _, _, _, _, _, _, _ in 7 }
    if !hasTexts { libraries.cublas.errorText = nil }
    let engine = try CUDAEngine.standIn(libraries: libraries)
    let (a, b) = (Buffer([1]), Buffer.dirty(1))
    engine.gemm(GemmSpec(rows: 1, columns: 1, inner: 1), Operand(a), Operand(a), into: Operand(b))
    let error = try #require(throws: CaffeError.self) { try engine.finish() }
    let end = hasTexts ? "error 7 (the stand-in refuses this product)" : "error 7"
    #expect(error.message.hasSuffix("a matrix product by cuBLAS failed with \(end)"), "\(error)")
  }

  @Test
  func memoryThatNobodyUsesIsGivenBackForOthers() throws {
    StandIn.limitMemory(11, to: 112 << 20)
    let engine = try CUDAEngine.standIn(ordinal: 11)
    var first: Buffer? = Buffer(count: 8 << 20)
    if let first { engine.fill(first, count: first.count, with: 1) }
    #expect(engine.device.pool.reserved == 96 << 20)
    first = nil
    let second = Buffer(count: 9 << 20)
    engine.fill(second, count: second.count, with: 1)
    try engine.finish()
    #expect(engine.device.pool.reserved == 100 << 20)
  }

  private static let ignoresContexts = Atomic(false)

  @Test
  func workForAnotherDeviceThanTheCurrentOneIsRefused() throws {
    var libraries = CUDALibraries.standIn
    libraries.cuda.contextSetCurrent = { context in
      if CUDAStandInTests.ignoresContexts.load(ordering: .relaxed) { return 0 }
      return CUDALibraries.standIn.cuda.contextSetCurrent(context)
    }
    let engines = try [21, 22].map { try CUDAEngine.standIn(ordinal: $0, libraries: libraries) }
    let values = Buffer([1, 2])
    CUDAStandInTests.ignoresContexts.store(true, ordering: .relaxed)
    defer { CUDAStandInTests.ignoresContexts.store(false, ordering: .relaxed) }
    for engine in engines { engine.axpby(1, values, 1, values, count: 2) }
    #expect(throws: CaffeError.self) { try engines[0].finish() }
  }

  @Test
  func anEventThatWasDestroyedEndsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let cuda = CUDALibraries.standIn.cuda
      var (event, stream): (caffe_cu_event?, caffe_cu_stream?)
      guard cuda.eventCreate(&event, 0) == 0, cuda.streamCreate(&stream, 0) == 0, cuda.eventDestroy(event) == 0 else {
        return
      }
      _ = cuda.streamWaitEvent(stream, event, 0)
    }
  }

  @Test
  func anIndexThatOnlyTheDeviceKnowsIsReportedLater() throws {
    let engine = try CUDAEngine.standIn()
    let (rows, output, indices) = (Buffer([1, 2, 3, 4]), Buffer(count: 4), Buffer([0, 3]))
    engine.begin("embed")
    engine.axpby(2, indices, 0, indices, count: 2)
    try engine.gatherRows(
      RowIndexSpec(rows: 2, length: 2, indices: 2), rows: rows, indices: indices, output: output)
    let error = try #require(throws: CaffeError.self) { try engine.finish() }
    #expect(error.message.contains("value 1 of the indices is 6, no index of the 2 rows"), "\(error)")
    #expect(error.layer == "embed")
  }

  /// The bits of all that a case computes; `times` in a row, each begun by itself.
  private func bits(of engineCase: EngineCase, on engine: CUDAEngine, times: Int = 1) throws -> [[UInt32]] {
    let run = try engineCase.prepare(on: engine)
    for _ in 0..<times {
      try run.compute()
      engine.submit()
    }
    return run.outputs.map { $0.buffer.values.map(\.bitPattern) }
  }
}

/// A layer of scaled channels with dropout, trained.
private struct TrainedNet {
  private let shape = ChannelSpec(outer: 9, channels: 5, inner: 7)
  private let input: Buffer
  private let target: Buffer
  private let mask: Buffer
  private let hidden: Buffer
  private let output: Buffer
  private let delta: Buffer
  private let parameters: [(values: Buffer, gradient: Buffer, history: Buffer)]
  private var stream = RandomSource(seed: 3).stream("net")

  init() {
    let count = shape.count
    input = stream.buffer(count)
    target = stream.buffer(count)
    (mask, hidden, output, delta) = (.dirty(count), .dirty(count), .dirty(count), .dirty(count))
    var random = stream
    parameters = (0..<2).map { _ in (random.buffer(5), Buffer.dirty(5), Buffer(count: 5)) }
    stream.state.position += 3
  }

  mutating func step(on engine: any Engine, rate: Float) throws {
    let count = shape.count
    let (scale, shift) = (parameters[0], parameters[1])
    for parameter in parameters { engine.fill(parameter.gradient, count: 5, with: 0) }
    engine.randomMask(mask, count: count, probability: 0.5, value: 2, stream: &stream)
    engine.multiply(input, mask, output: hidden, count: count)
    engine.scaleChannels(shape, input: hidden, scale: scale.values, shift: shift.values, output: output)
    engine.map(.tanh, input: output, output: output, count: count)
    engine.mapBackward(
      .tanh, input: output, output: output, outputGradient: target, inputGradient: delta, count: count)
    engine.sumChannels(shape, delta, times: hidden, alpha: 1, beta: 1, into: scale.gradient)
    engine.sumChannels(shape, delta, times: nil, alpha: 1, beta: 1, into: shift.gradient)
    for parameter in parameters {
      engine.update(
        .sgd(momentum: 0.9), UpdateStep(rate: rate, weightDecay: 0.01), weights: parameter.values,
        gradient: parameter.gradient, histories: [parameter.history], count: 5)
    }
    engine.submit()
  }

  var results: [Float] {
    parameters.flatMap { $0.values.values + $0.gradient.values + $0.history.values } + output.values
  }
}
