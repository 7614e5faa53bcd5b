import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

/// Operations on values one by one, on matrices, and on all values at once.
struct ReferenceValueTests {
  private let engine = ReferenceEngine()

  @Test
  func gemmMultipliesInEveryOrientation() {
    // [1 2 3; 4 5 6] · [1 0; 2 1; 0 3] = [5 11; 14 23].
    let a: [Float] = [1, 2, 3, 4, 5, 6]
    let aTransposed: [Float] = [1, 4, 2, 5, 3, 6]
    let b: [Float] = [1, 0, 2, 1, 0, 3]
    let bTransposed: [Float] = [1, 2, 0, 0, 1, 3]
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
      let c = Buffer([7, 1, 1, 1, 1, 7])
      engine.gemm(
        GemmSpec(
          rows: 2, columns: 2, inner: 3, transposeA: transposeA, transposeB: transposeB, alpha: 2, beta: 10),
        Operand(Buffer(transposeA ? aTransposed : a)),
        Operand(Buffer([0] + (transposeB ? bTransposed : b)), offset: 1), into: Operand(c, offset: 1))
      #expect(c.values == [7, 20, 32, 38, 56, 7])
    }
  }

  @Test
  func betaZeroOverwritesWhatIsNoNumber() {
    let c = Buffer.dirty(1)
    engine.gemm(
      GemmSpec(rows: 1, columns: 1, inner: 1), Operand(Buffer([2])), Operand(Buffer([3])), into: Operand(c))
    #expect(c.values == [6])
    let y = Buffer.dirty(2)
    engine.axpby(2, Buffer([1, 2]), 0, y, count: 2)
    #expect(y.values == [2, 4])
  }

  @Test
  func innerProductTakesWeightsBothWaysRound() {
    for transposed in [false, true] {
      let plan = engine.planInnerProduct(
        InnerProductSpec(rows: 2, inputs: 2, outputs: 1, transposedWeights: transposed))
      let (y, dx, dw, db) = (Buffer.dirty(2), Buffer.dirty(4), Buffer([1, 1]), Buffer([1]))
      let (x, w, dy) = (Buffer([1, 2, 3, 4]), Buffer([10, 100]), Buffer([1, 2]))
      plan.forward(input: x, weights: w, bias: Buffer([0.5]), output: y)
      plan.backwardData(outputGradient: dy, weights: w, inputGradient: dx)
      plan.backwardParameters(input: x, outputGradient: dy, weightGradient: dw, biasGradient: db)
      #expect(y.values == [210.5, 430.5])
      #expect(dx.values == [10, 100, 20, 200])
      #expect(dw.values == [8, 11])
      #expect(db.values == [4])
    }
  }

  @Test(arguments: [
    (UnaryFunction.relu(negativeSlope: 0), -2, 0, 0), (.relu(negativeSlope: 0.5), -2, -1, 0.5),
    (.relu(negativeSlope: 0.5), 0, 0, 0.5), (.sigmoid, 0, 0.5, 0.25), (.tanh, 0, 0, 1), (.absoluteValue, -3, 3, -1),
    (.absoluteValue, 0, 0, 0), (.power(power: 2, scale: 2, shift: 1), 1, 9, 12),
    (.power(power: 0, scale: 2, shift: 1), -0.5, 1, 0), (.exponential(innerScale: 2, outerScale: 3), 0, 3, 6),
    (.logarithm(baseScale: 2, inputScale: 1, inputShift: 1), 0, 0, 2), (.elu(alpha: 2), 0, 0, 2),
    (.elu(alpha: 2), 3, 3, 1), (.bnll, 0, 0.693_147_2, 0.5), (.bnll, 100, 100, 1),
    (.clip(minimum: -1, maximum: 1), 1, 1, 1), (.clip(minimum: -1, maximum: 1), -4, -1, 0),
    (.swish(beta: 1), 0, 0, 0.5), (.threshold(0.5), 0.5, 0, 0), (.threshold(0.5), 0.6, 1, 0)
  ])
  func functionsAndTheirDerivatives(_ function: UnaryFunction, _ x: Float, _ value: Float, _ derivative: Float) {
    let (input, output, gradient) = (Buffer([x]), Buffer.dirty(1), Buffer.dirty(1))
    engine.map(function, input: input, output: output, count: 1)
    engine.mapBackward(
      function, input: input, output: output, outputGradient: Buffer([10]), inputGradient: gradient, count: 1)
    #expect(abs(output[0] - value) < 1e-6)
    #expect(abs(gradient[0] - 10 * derivative) < 1e-5)
  }

  @Test
  func ofEqualMaximaTheSecondWinsAndLaterOnesMustBeGreater() {
    let inputs = [Buffer([1, 2, 2, 0]), Buffer([1, 1, 1, 0]), Buffer([1, 2, 3, 0])]
    let (y, winners, dx) = (Buffer.dirty(4), Buffer.dirty(4), Buffer.dirty(4))
    engine.maximum(inputs, output: y, winners: winners, count: 4)
    #expect(y.values == [1, 2, 3, 0])
    #expect(winners.values == [1, 0, 2, 1])
    engine.maximumBackward(
      winners: winners, index: 1, outputGradient: Buffer([5, 6, 7, 8]), inputGradient: dx, count: 4)
    #expect(dx.values == [5, 0, 0, 8])
  }

  @Test
  func productGradientWithoutDivisionKnowsZeros() {
    let inputs = [Buffer([0, 2]), Buffer([3, 4])]
    let dx = Buffer.dirty(2)
    engine.productBackward(
      inputs, index: 0, output: nil, outputGradient: Buffer([10, 10]), inputGradient: dx, count: 2)
    #expect(dx.values == [30, 40])
  }

  @Test
  func maskFollowsTheStreamsWords() {
    var stream = RandomStream(seed: 3, stream: 4)
    stream.state.position = 2
    let mask = Buffer.dirty(5)
    var words = stream
    let want = (0..<5).map { _ in words.nextWord() < 1 << 30 ? Float(4) : 0 }
    engine.randomMask(mask, count: 5, probability: 0.25, value: 4, stream: &stream)
    #expect(mask.values == want)
    #expect(stream.state.position == 10)
  }

  @Test
  func reductionsSumInDoublePrecision() {
    // In single precision, one added to 2²⁴ is lost.
    let x = Buffer([4096] + Array(repeating: 1, count: 64))
    #expect(engine.sumOfSquares(x, count: 65) == 16_777_280)
    #expect(engine.absoluteSum(Buffer([-1, 2, -3]), count: 2) == 3)
    #expect(engine.dot(Buffer([1, 2, 3]), Buffer([4, 5, 6]), count: 3) == 32)
    #expect(engine.firstNonFinite(Buffer([1, .nan, .infinity]), count: 3) == 1)
    #expect(engine.firstNonFinite(Buffer([1, .nan]), count: 1) == nil)
  }
}
