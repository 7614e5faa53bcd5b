import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

/// Gradients that are added up and go back through a rectifier, which is one kernel where nothing comes between.
struct CUDASumTests {
  private func random(_ count: Int, _ name: String) -> Buffer {
    var stream = RandomSource(seed: 1).stream(name)
    let buffer = Buffer(count: count)
    buffer.set((0..<count).map { _ in stream.nextUniform() * 2 - 1 })
    return buffer
  }

  /// The sum of two gradients, back to two terms of y; the sum and those.
  private func sendBack(on engine: any Engine, inPlace: Bool, between: (Buffer) -> Void = { _ in }) -> [Buffer] {
    let count = 1027
    let (y, a, b) = (random(count, "y"), random(count, "a"), random(count, "b"))
    let dy = inPlace ? a : Buffer(count: count)
    let gradients = [Buffer(count: count), inPlace ? b : Buffer(count: count)]
    engine.weightedSum([a, b], coefficients: [1, 0.5], output: dy, count: count)
    between(dy)
    engine.rectifiedSumBackward(
      output: y, outputGradient: dy, coefficients: [2, -1], negativeSlope: 0.25, inputGradients: gradients,
      count: count)
    return [dy] + gradients
  }

  @Test(arguments: [false, true])
  func aSumAndWhatGoesBackFromItAreOneKernel(inPlace: Bool) throws {
    let engine = try CUDAEngine.standIn()
    let got = sendBack(on: engine, inPlace: inPlace)
    let before = engine.device.started
    engine.submit()
    #expect(engine.device.started - before == 1)
    for (a, b) in zip(got, sendBack(on: ReferenceEngine(), inPlace: inPlace)) {
      #expect(Tolerance.elementwise.worstDifference(got: a.values, want: b.values).passed)
    }
  }

  @Test
  func aSumThatIsLookedAtStays() throws {
    let engine = try CUDAEngine.standIn()
    var seen: [Float] = []
    let got = sendBack(on: engine, inPlace: false) { seen = $0.values }
    #expect(seen == got[0].values)
    for (a, b) in zip(got, sendBack(on: ReferenceEngine(), inPlace: false)) {
      #expect(Tolerance.elementwise.worstDifference(got: a.values, want: b.values).passed)
    }
  }

  @Test
  func aSumThatChangedSinceIsUsedAsItIs() throws {
    let (engine, reference) = (try CUDAEngine.standIn(), ReferenceEngine())
    let got = sendBack(on: engine, inPlace: false) { engine.fill($0, count: 5, with: 3) }
    let want = sendBack(on: reference, inPlace: false) { reference.fill($0, count: 5, with: 3) }
    for (a, b) in zip(got, want) {
      #expect(Tolerance.elementwise.worstDifference(got: a.values, want: b.values).passed)
    }
  }

  /// Gradients of equal terms, of which one or the other is changed before both are read.
  private func changed(on engine: any Engine, _ change: (_ gradients: [Buffer]) -> Void) -> [[Float]] {
    let (y, dy) = (random(100, "y"), random(100, "dy"))
    let gradients = [Buffer(count: 100), Buffer(count: 100)]
    var seen: [[Float]] = []
    for _ in 0..<3 {
      engine.rectifiedSumBackward(
        output: y, outputGradient: dy, coefficients: [1, 1], negativeSlope: 0, inputGradients: gradients, count: 100)
      change(gradients)
      seen += gradients.map(\.values)
    }
    return seen
  }

  @Test
  func equalGradientsAreOneUntilSomebodyChangesThem() throws {
    func expectAgreement(_ change: (any Engine, [Buffer]) -> Void, sourceLocation: SourceLocation = #_sourceLocation)
      throws
    {
      let (engine, reference) = (try CUDAEngine.standIn(), ReferenceEngine())
      let got = changed(on: engine) { change(engine, $0) }
      #expect(got == changed(on: reference) { change(reference, $0) }, sourceLocation: sourceLocation)
    }
    try expectAgreement { _, _ in }
    for index in 0..<2 {
      // All values, some, in place, by the host, and given back.
      try expectAgreement { $0.fill($1[index], count: 100, with: 2) }
      try expectAgreement { $0.fill($1[index], count: 7, with: 2) }
      try expectAgreement { $0.axpby(3, $1[index], 0.5, $1[index], count: 100) }
      try expectAgreement { $0.weightedSum($1, coefficients: [1, 1], output: $1[index], count: 100) }
      try expectAgreement { $1[index][5] = 9 }
      try expectAgreement { $1[index].setZeros() }
    }
  }

  @Test
  func equalGradientsTakeTheMemoryOfOne() throws {
    let engine = try CUDAEngine.standIn()
    let (count, before) = (1 << 20, engine.peakMemory)
    let (y, dy, gradients) = (Buffer(count: count), Buffer(count: count), [Buffer(count: count), Buffer(count: count)])
    for _ in 0..<3 {
      engine.rectifiedSumBackward(
        output: y, outputGradient: dy, coefficients: [1, 1], negativeSlope: 0, inputGradients: gradients,
        count: count)
    }
    #expect(engine.peakMemory < before + 4 * count * 4)
  }

  @Test
  func whatOneOfTwoReleasesTheOtherKeeps() throws {
    let engine = try CUDAEngine.standIn()
    let (count, arena) = (1 << 16, MemoryArena())
    let (y, dy, gradients) = (random(count, "y"), random(count, "dy"), [Buffer(count: count), Buffer(count: count)])
    for gradient in gradients { gradient.takeMemory(from: arena) }
    for kept in 0..<2 {
      engine.rectifiedSumBackward(
        output: y, outputGradient: dy, coefficients: [1, 1], negativeSlope: 1, inputGradients: gradients, count: count)
      // Nobody is harmed by a release that comes twice.
      gradients[1 - kept].release()
      gradients[1 - kept].release()
      let others = (0..<4).map { _ in Buffer(count: count) }
      for other in others { engine.axpby(7, y, 0, other, count: count) }
      #expect(gradients[kept].values == dy.values)
    }
  }

  /// What is added up gives its memory away before the sum is sent back, and what is written then lies across it.
  @Test(arguments: [false, true])
  func aSumWhoseTermsAreGoneIsRight(isReversed: Bool) throws {
    if isReversed { StandIn.reverse(7) }
    let engine = try CUDAEngine.standIn(ordinal: isReversed ? 7 : 0)
    let (count, arena) = (5000, MemoryArena())
    func gradients(on engine: any Engine) -> [[Float]] {
      let (y, one, two) = (random(count, "y"), random(count, "one"), random(count, "two"))
      let (small, a, b, dy) = (Buffer(count: 100), Buffer(count: count), Buffer(count: count), Buffer(count: count))
      let targets = [Buffer(count: count), Buffer(count: count)]
      for buffer in [small, a, b] + targets { buffer.takeMemory(from: arena) }
      // They lie side by side.
      for buffer in [small, a, b] { engine.fill(buffer, count: buffer.count, with: 1) }
      engine.axpby(2, one, 0, a, count: count)
      engine.axpby(3, two, 0, b, count: count)
      // y is on the device before, as a copy would begin what was asked for.
      engine.axpby(1, y, 0, dy, count: count)
      engine.submit()
      engine.weightedSum([a, b], coefficients: [1, 1], output: dy, count: count)
      for buffer in [small, a, b] { buffer.release() }
      engine.rectifiedSumBackward(
        output: y, outputGradient: dy, coefficients: [1, -2], negativeSlope: 0.5, inputGradients: targets,
        count: count)
      return ([dy] + targets).map(\.values)
    }
    for (got, want) in zip(gradients(on: engine), gradients(on: ReferenceEngine())) {
      #expect(Tolerance.elementwise.worstDifference(got: got, want: want).passed)
    }
  }
}
