import CaffeCPUEngine
import CaffeCore
import CaffeTestSupport
import Testing

/// Gradients that are cleared and then added to hold the sums alone, whatever they held; without clearing they add up.
@Suite(.serialized) struct ClearedGradientTests {
  private let engine = CPUEngine(threads: 2)

  private func buffer(_ count: Int, seed: UInt64) -> Buffer {
    var random = RandomStream(seed: seed)
    let buffer = Buffer(count: count)
    buffer.set(random.values(count))
    return buffer
  }

  /// The gradients after `add` on zeros, on what was cleared, and once more on top.
  private func check(_ counts: [Int], _ add: ([Buffer]) -> Void) {
    let fresh = counts.map { Buffer(count: $0) }
    let cleared = counts.enumerated().map { buffer($1, seed: UInt64($0)) }
    for buffer in cleared { engine.fill(buffer, count: buffer.count, with: 0) }
    let written = counts.map { count in
      let buffer = Buffer(count: count)
      buffer.set([Float](repeating: 0, count: count))
      return buffer
    }
    for buffers in [fresh, cleared, written] { add(buffers) }
    #expect(fresh.map(\.values) == written.map(\.values))
    #expect(cleared.map(\.values) == written.map(\.values))
    let once = written.map(\.values)
    add(cleared)
    for (sums, once) in zip(cleared, once) {
      #expect(zip(sums.values, once).allSatisfy { abs($0 - 2 * $1) <= 1e-5 * max(1, abs($1)) })
    }
  }

  @Test func innerProductsSetWhatWasCleared() throws {
    for transposed in [false, true] {
      let spec = InnerProductSpec(rows: 20, inputs: 33, outputs: 17, transposedWeights: transposed)
      let plan = engine.planInnerProduct(spec)
      let (input, gradient) = (buffer(20 * 33, seed: 7), buffer(20 * 17, seed: 8))
      check([33 * 17, 17]) {
        plan.backwardParameters(input: input, outputGradient: gradient, weightGradient: $0[0], biasGradient: $0[1])
      }
    }
  }

  @Test(arguments: [ConvolutionMethod.lanes, .oneDNN, .gemm])
  func convolutionsSetWhatWasCleared(_ method: ConvolutionMethod) throws {
    let spec = ConvolutionSpec.square(16, 16, 32, input: 9, kernel: 3, padding: 1)
    let plan = try CPUEngine(threads: 2, convolutions: method).planConvolution(spec)
    let input = buffer(spec.images * spec.inputCount, seed: 7)
    let gradient = buffer(spec.images * spec.outputCount, seed: 8)
    check([spec.weightCount, 32]) {
      plan.backwardParameters(input: input, outputGradient: gradient, weightGradient: $0[0], biasGradient: $0[1])
    }
  }

  @Test func clearedValuesReadAsZeros() {
    let cleared = buffer(1000, seed: 1)
    engine.fill(cleared, count: 1000, with: 0)
    #expect(cleared.values.allSatisfy { $0 == 0 })
    let partly = buffer(1000, seed: 1)
    let last = partly[999]
    engine.fill(partly, count: 999, with: 0)
    #expect(partly[998] == 0 && partly[999] == last)
  }

  @Test func theFirstNumberThatIsntFiniteIsFoundOverAllParts() {
    let values = buffer(1 << 19, seed: 1)
    #expect(engine.firstNonFinite(values, count: values.count) == nil)
    for place in [500_000, 300_001, 131_072, 131_071, 0] {
      values[place] = place % 2 == 0 ? .infinity : .nan
      #expect(engine.firstNonFinite(values, count: values.count) == place)
      #expect(engine.firstNonFinite(values, count: place) == nil)
    }
  }
}
