import CCUDA
import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Foundation
import Synchronization
import Testing

/// Parts of the CUDA engine by themselves.
struct CUDADeviceTests {
  // MARK: - Memory

  @Test
  func piecesAreApartAndTakenAgain() throws {
    let engine = try CUDAEngine.standIn()
    defer { withExtendedLifetime(engine) {} }
    let pool = engine.device.pool
    let used = pool.usage.used
    let (first, second) = (try #require(pool.take(100)), try #require(pool.take(300)))
    #expect(first % 256 == 0)
    #expect(second >= first + 256)
    #expect(pool.usage.used == used + 256 + 512)
    pool.giveBack(first, 100)
    #expect(pool.take(at: first, 100))
    #expect(!pool.take(at: first, 100))
    pool.giveBack(first, 100)
    #expect(pool.take(200) == first)
    #expect(pool.usage.peak == used + 256 + 512)
  }

  @Test
  func computesWhereCompiledKernelsCannotBeKept() throws {
    var options = CUDAOptions()
    options.kernelCache = "/proc/no/such/folder"
    let engine = try CUDAEngine(.standIn, options: options)
    let buffer = Buffer([1, 2, 3])
    engine.map(.relu(negativeSlope: 0), input: buffer, output: buffer, count: 3)
    #expect(buffer.values == [1, 2, 3])
    try engine.check()
  }

  private static let compiled = Atomic(0)

  @Test
  func kernelsAreCompiledOnceForAllDevicesOfAKind() throws {
    var libraries = CUDALibraries.standIn
    libraries.nvrtc.compileProgram = { _, _, _ in
      CUDADeviceTests.compiled.add(1, ordering: .relaxed)
      return 0
    }
    for ordinal in 0..<3 {
      let engine = try CUDAEngine.standIn(ordinal: ordinal, libraries: libraries)
      let buffer = Buffer([1, 2])
      engine.axpby(1, buffer, 1, buffer, count: 2)
      #expect(buffer.values == [2, 4])
    }
    #expect(CUDADeviceTests.compiled.load(ordering: .relaxed) == KernelCompiler.names.count)
  }

  @Test
  func stretchesAreGivenBackWhenNobodyHasAPiece() throws {
    let engine = try CUDAEngine.standIn()
    defer { withExtendedLifetime(engine) {} }
    let pool = engine.device.pool
    let reserved = pool.reserved
    let piece = try #require(pool.take(40 << 20))
    let other = try #require(pool.take(100))
    #expect(pool.reserved == reserved + 40 << 20)
    pool.trim()
    #expect(pool.reserved == reserved + 40 << 20)
    pool.giveBack(piece, 40 << 20)
    pool.trim()
    #expect(pool.reserved == reserved)
    pool.giveBack(other, 100)
  }

  @Test(arguments: [100, 100_000])
  func memoryIsTakenOverWhenItsOwnerIsDone(_ count: Int) throws {
    for engine in [try CUDAEngine.standIn(), try CUDAEngine.standInWithoutGraphs()] {
      let (copy, other) = (Buffer.dirty(count), Buffer.dirty(count))
      var first: Buffer? = Buffer([Float](repeating: 1, count: count))
      if let first { engine.copy(first, to: copy, count: count) }
      first = nil
      // Goes where the first one was.
      engine.copy(Buffer([Float](repeating: 2, count: count)), to: other, count: count)
      #expect(copy.values.allSatisfy { $0 == 1 })
      #expect(other.values.allSatisfy { $0 == 2 })
    }
  }

  @Test(arguments: [100, 100_000])
  func valuesThatTheHostChangesAreThoseOfTheirTime(_ count: Int) throws {
    for engine in [try CUDAEngine.standIn(), try CUDAEngine.standInWithoutGraphs()] {
      let (a, b) = (Buffer([Float](repeating: 0, count: count)), Buffer([Float](repeating: 0, count: count)))
      let results = (0..<6).map { _ in Buffer.dirty(count) }
      for (step, result) in results.enumerated() {
        b.set([Float](repeating: Float(step), count: count))
        engine.multiply(a, b, output: result, count: count)
        a.set([Float](repeating: Float(step), count: count))
        engine.axpby(1, a, 1, result, count: count)
      }
      let wanted = results.indices.map { Float($0 * max($0 - 1, 0) + $0) }
      for (result, value) in zip(results, wanted) { #expect(result.values.allSatisfy { $0 == value }) }
    }
  }

  private static let freed = Atomic(0)

  @Test
  func memoryThatCopiesComeFromIsKeptToTheEnd() throws {
    var libraries = CUDALibraries.standIn
    libraries.cuda.memFreeHost = { pointer in
      CUDADeviceTests.freed.add(1, ordering: .relaxed)
      free(pointer)
      return 0
    }
    do {
      let engine = try CUDAEngine.standIn(libraries: libraries)
      for step in 1...8 {
        let values = Buffer([Float](repeating: Float(step), count: step * 100_000))
        engine.axpby(1, values, 1, values, count: values.count)
        #expect(values.values.allSatisfy { $0 == Float(2 * step) })
      }
      #expect(CUDADeviceTests.freed.load(ordering: .relaxed) == 0)
    }
    #expect(CUDADeviceTests.freed.load(ordering: .relaxed) > 3)
  }

  @Test
  func anOperationOfSeveralKernelsIsDoneBeforeItsInputChanges() throws {
    let count = 100_000
    for engine in [try CUDAEngine.standIn(), try CUDAEngine.standInWithoutGraphs()] {
      let a = Buffer([Float](repeating: 0, count: count))
      let others = (0..<10).map { _ in Buffer([Float](repeating: 1, count: count)) }
      let results = (0..<6).map { _ in Buffer.dirty(count) }
      for (step, result) in results.enumerated() {
        a.set([Float](repeating: Float(step), count: count))
        engine.weightedSum(others + [a], coefficients: Array(repeating: 1, count: 11), output: result, count: count)
      }
      for (step, result) in results.enumerated() {
        #expect(result.values.allSatisfy { $0 == Float(10 + step) }, "\(step)")
      }
    }
  }

  // MARK: - Division

  @Test(arguments: [1, 2, 3, 7, 10, 255, 256, 257, 65_535, 1 << 20, 1_000_003, 1 << 30, (1 << 30) + 1, 0x7fff_ffff])
  func aProductDivides(_ divisor: Int) {
    let by = caffe_gpu_divisor(divisor)
    var stream = RandomSource(seed: 1).stream("\(divisor)")
    let some = (0..<200).map { _ in Int(stream.nextWord() >> 1) }
    let near = [0, 1, divisor - 1, divisor, divisor * 2 - 1, divisor * 2, 0x7fff_fffe, 0x7fff_ffff]
    for n in some + near where n <= 0x7fff_ffff {
      let sum = (UInt64(n) * UInt64(by.multiplier)) >> 32 + UInt64(n)
      #expect(sum >> UInt64(by.shift) == UInt64(n / divisor), "\(n)")
      #expect(sum <= UInt64(UInt32.max))
    }
  }

  // MARK: - Many at once

  @Test
  func moreArraysThanAKernelTakesAreCombined() throws {
    let engines: [any Engine] = [try CUDAEngine.standIn(), ReferenceEngine()]
    let results = engines.map { engine in
      var stream = RandomSource(seed: 1).stream("terms")
      let inputs = (0..<20).map { _ in Buffer(stream.tiedValues(50)) }
      let factors = stream.values(20)
      let outputs = (0..<5).map { _ in Buffer.dirty(50) }
      engine.rectifiedSum(inputs, coefficients: factors, negativeSlope: 0.5, output: outputs[0], count: 50)
      engine.product(inputs, output: outputs[1], count: 50)
      engine.maximum(inputs, output: outputs[2], winners: outputs[3], count: 50)
      engine.productBackward(
        inputs, index: 3, output: nil, outputGradient: outputs[0], inputGradient: outputs[4], count: 50)
      // In the place of one of them, and back.
      engine.weightedSum(inputs, coefficients: factors, output: inputs[12], count: 50)
      engine.rectifiedSumBackward(
        output: outputs[0], outputGradient: inputs[2], coefficients: factors, negativeSlope: 0.5,
        inputGradients: inputs, count: 50)
      return (outputs + inputs).map(\.values)
    }
    for (got, want) in zip(results[0], results[1]) {
      let difference = Tolerance.sums.worstDifference(got: got, want: want)
      #expect(difference.passed, "\(difference)")
    }
  }

  @Test
  func regionsMayHaveMoreAxesThanAKernelTakes() throws {
    let spec = RegionSpec(
      extents: [2, 1, 2, 2, 3, 2, 2, 2, 2], source: [3, 4, 3, 3, 4, 3, 3, 3, 3],
      sourceOffset: [1, 2, 0, 1, 1, 0, 1, 0, 1], target: [2, 2, 3, 2, 5, 3, 2, 4, 3],
      targetOffset: [0, 1, 1, 0, 2, 0, 0, 1, 1])
    let engines: [any Engine] = [try CUDAEngine.standIn(), ReferenceEngine()]
    let results = engines.map { engine in
      let source = Buffer((0..<spec.source.reduce(1, *)).map(Float.init))
      let target = Buffer([Float](repeating: -1, count: spec.target.reduce(1, *)))
      engine.copyRegion(spec, from: source, to: target)
      return target.values
    }
    #expect(results[0] == results[1])
  }

  // MARK: - Updates

  /// Updates of parameters, with what they begin with.
  private struct Parameters {
    var all: [(weights: Buffer, gradient: Buffer, history: Buffer)]

    init(_ count: Int) {
      var stream = RandomSource(seed: 2).stream("parameters")
      all = (0..<count).map { index in
        let size = index % 3 == 0 ? 1500 : 7 + index
        return (stream.buffer(size), stream.buffer(size), stream.buffer(size))
      }
    }

    func update(_ index: Int, on engine: any Engine, momentum: Float = 0.9, rate: Float = 0.1) {
      let (weights, gradient, history) = all[index]
      engine.update(
        .sgd(momentum: momentum), UpdateStep(rate: rate), weights: weights, gradient: gradient, histories: [history],
        count: weights.count)
    }

    var results: [[Float]] { all.flatMap { [$0.weights.values, $0.gradient.values, $0.history.values] } }
  }

  /// How many kernels updates start; they must do what the reference engine does.
  private func kernels(_ count: Int, _ body: (Parameters, any Engine) -> Void) throws -> Int {
    let engine = try CUDAEngine.standIn()
    let (parameters, same) = (Parameters(count), Parameters(count))
    // What has to be copied to the device is begun before.
    for (weights, gradient, history) in parameters.all {
      for buffer in [weights, gradient, history] { engine.axpby(1, buffer, 0, buffer, count: buffer.count) }
    }
    engine.submit()
    let before = engine.device.started
    body(parameters, engine)
    engine.submit()
    let started = engine.device.started - before
    body(same, ReferenceEngine())
    for (got, want) in zip(parameters.results, same.results) {
      let difference = Tolerance.elementwise.worstDifference(got: got, want: want)
      #expect(difference.passed, "\(difference)")
    }
    return started
  }

  @Test
  func updatesThatAreAlikeAreOneKernel() throws {
    let started = try kernels(8) { parameters, engine in
      for index in 0..<8 { parameters.update(index, on: engine, rate: 0.1 * Float(index)) }
    }
    #expect(started == 1)
  }

  @Test
  func updatesThatDifferAreKernelsOfTheirOwn() throws {
    let started = try kernels(4) { parameters, engine in
      for index in 0..<4 { parameters.update(index, on: engine, momentum: index < 2 ? 0.9 : 0.5) }
    }
    #expect(started == 2)
  }

  @Test
  func manyUpdatesAreSeveralKernels() throws {
    let started = try kernels(70) { parameters, engine in
      for index in 0..<70 { parameters.update(index, on: engine) }
    }
    #expect(started == 3)
  }

  @Test
  func aSecondUpdateOfAParameterComesAfterTheFirst() throws {
    let started = try kernels(2) { parameters, engine in
      for index in [0, 1, 0] { parameters.update(index, on: engine) }
    }
    #expect(started == 2)
  }

  @Test
  func whatComesAfterUpdatesSeesThem() throws {
    let started = try kernels(3) { parameters, engine in
      parameters.update(1, on: engine)
      let (weights, gradient, _) = parameters.all[1]
      engine.axpby(1, weights, 1, gradient, count: weights.count)
      parameters.update(2, on: engine)
    }
    #expect(started == 3)
  }
}
