import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

/// Values that have their channels last on a device, as cuDNN wants them for tensor cores.
struct ChannelsLastTests {
  /// Images × channels × height × width of what goes through.
  private let shape = ChannelSpec(outer: 2, channels: 8, inner: 25)

  private func convolution(_ engine: any Engine) throws -> any ConvolutionPlan {
    try engine.planConvolution(.square(2, 8, 8, input: 5, kernel: 3, padding: 1))
  }

  private func random(_ count: Int, _ name: String) -> Buffer {
    var stream = RandomSource(seed: 1).stream(name)
    let buffer = Buffer(count: count)
    buffer.set((0..<count).map { _ in stream.nextUniform() * 2 - 1 })
    return buffer
  }

  /// Convolution, rectifier, convolution, sum with the first: forward, and back to the input.
  private func block(on engine: any Engine) throws -> (output: Buffer, gradient: Buffer, weightGradient: Buffer) {
    let count = shape.count
    let (x, w) = (random(count, "x"), random(8 * 8 * 9, "w"))
    let (a, b, y) = (Buffer(count: count), Buffer(count: count), Buffer(count: count))
    let (first, second) = (try convolution(engine), try convolution(engine))
    first.forward(input: x, weights: w, bias: nil, output: a)
    engine.map(.relu(negativeSlope: 0), input: a, output: a, count: count)
    second.forward(input: a, weights: w, bias: nil, output: b)
    engine.rectifiedSum([a, b], coefficients: [1, 1], negativeSlope: 0, output: y, count: count)
    let (dy, da, db, dx, dw) = (
      random(count, "dy"), Buffer(count: count), Buffer(count: count), Buffer(count: count), Buffer(count: w.count)
    )
    engine.rectifiedSumBackward(
      output: y, outputGradient: dy, coefficients: [1, 1], negativeSlope: 0, inputGradients: [da, db], count: count)
    second.backwardParameters(input: a, outputGradient: db, weightGradient: dw, biasGradient: nil)
    second.backwardData(outputGradient: db, weights: w, inputGradient: dx)
    engine.weightedSum([da, dx], coefficients: [1, 1], output: da, count: count)
    engine.mapBackward(
      .relu(negativeSlope: 0), input: a, output: a, outputGradient: da, inputGradient: da, count: count)
    first.backwardParameters(input: x, outputGradient: da, weightGradient: dw, biasGradient: nil)
    first.backwardData(outputGradient: da, weights: w, inputGradient: dx)
    return (y, dx, dw)
  }

  @Test
  func aBlockAgreesAndTurnsRoundOnlyWhatComesInAndGoesOut() throws {
    let engine = try CUDAEngine.standInWithCuDNN(.channelsLast)
    let (got, want) = (try block(on: engine), try block(on: ReferenceEngine()))
    engine.submit()
    // x, w, dy; the gradient of the weights stays as cuDNN gave it.
    #expect(engine.device.reorders == 3)
    for (a, b) in [(got.output, want.output), (got.gradient, want.gradient), (got.weightGradient, want.weightGradient)]
    {
      #expect(Tolerance.sums.worstDifference(got: a.values, want: b.values).passed)
    }
    #expect(engine.device.reorders == 6)
  }

  @Test
  func whatIsReadTwiceIsTurnedRoundOnce() throws {
    let engine = try CUDAEngine.standInWithCuDNN(.channelsLast)
    let (x, w) = (random(shape.count, "x"), random(8 * 8 * 9, "w"))
    let (a, b) = (Buffer(count: shape.count), Buffer(count: shape.count))
    try convolution(engine).forward(input: x, weights: w, bias: nil, output: a)
    try convolution(engine).forward(input: x, weights: w, bias: nil, output: b)
    #expect(a.values == b.values)
    #expect(a.values == b.values)
    #expect(engine.device.reorders == 4)
  }

  @Test
  func aValueThatTheHostChangesIsTheSameOnTheDevice() throws {
    let engine = try CUDAEngine.standInWithCuDNN(.channelsLast)
    let (x, w, y) = (random(shape.count, "x"), random(8 * 8 * 9, "w"), Buffer(count: shape.count))
    try convolution(engine).forward(input: x, weights: w, bias: nil, output: y)
    var wanted = y.values
    y[77] = 5
    wanted[77] = 5
    engine.map(.relu(negativeSlope: 1), input: y, output: y, count: shape.count)
    #expect(y.values == wanted)
  }

  @Test
  func partsAreChangedWhereTheyAreInTheTensor() throws {
    let engine = try CUDAEngine.standInWithCuDNN(.channelsLast)
    let (x, w, y) = (random(shape.count, "x"), random(8 * 8 * 9, "w"), Buffer(count: shape.count))
    try convolution(engine).forward(input: x, weights: w, bias: nil, output: y)
    var wanted = y.values
    try convolution(engine).forward(input: x, weights: w, bias: nil, output: y)
    engine.fill(y, count: 7, with: 3)
    wanted.replaceSubrange(0..<7, with: Array(repeating: 3, count: 7))
    #expect(y.values == wanted)
  }

  /// Convolution, standardisation with a rectifier, pooling: forward, and back to the input.
  private func normalizedBlock(on engine: any Engine, _ method: PoolingSpec.Method) throws -> [Buffer] {
    let (x, w) = (random(shape.count, "x"), random(8 * 8 * 9, "w"))
    let pooling = try engine.planPooling(
      PoolingSpec(
        method: method, images: 2, channels: 8, input: [5, 5], kernel: [3, 3], stride: [2, 2], padding: [1, 0],
        output: [3, 2]))
    let standardization = try engine.planStandardization(
      StandardizationSpec(shape: shape, deviation: .epsilonInside(1e-3)))
    let convolution = try convolution(engine)
    let (a, b, y) = (Buffer(count: shape.count), Buffer(count: shape.count), Buffer(count: 2 * 8 * 6))
    let (mean, variance, scale, shift) = (Buffer(count: 8), Buffer(count: 8), random(8, "scale"), random(8, "shift"))
    let finish = StandardizationFinish(scale: scale, shift: shift, negativeSlope: 0)
    convolution.forward(input: x, weights: w, bias: nil, output: a)
    standardization.forward(input: a, mean: mean, variance: variance, finish: finish, output: b)
    pooling.forward(input: b, output: y, mask: nil)
    let (dy, db, da, dx) = (
      random(y.count, "dy"), Buffer(count: shape.count), Buffer(count: shape.count), Buffer(count: shape.count)
    )
    let (dScale, dShift) = (Buffer(count: 8), Buffer(count: 8))
    pooling.backward(outputGradient: dy, inputGradient: db)
    standardization.backward(
      input: a, mean: mean, variance: variance, finish: finish, output: b, outputGradient: db,
      scaleGradient: dScale, shiftGradient: dShift, inputGradient: da)
    convolution.backwardData(outputGradient: da, weights: w, inputGradient: dx)
    return [y, mean, variance, dScale, dShift, dx]
  }

  @Test(arguments: [PoolingSpec.Method.max, .average])
  func aNormalisedBlockAgrees(_ method: PoolingSpec.Method) throws {
    let engine = try CUDAEngine.standInWithCuDNN(.channelsLast)
    let (got, want) = (try normalizedBlock(on: engine, method), try normalizedBlock(on: ReferenceEngine(), method))
    engine.submit()
    // x, w, dy.
    #expect(engine.device.reorders == 3)
    for (a, b) in zip(got, want) {
      #expect(Tolerance(relative: 1e-3).worstDifference(got: a.values, want: b.values).passed)
    }
  }

  @Test
  func aForecastCountsValuesThatAreThereInTwoOrders() throws {
    let spec = ConvolutionSpec.square(4, 64, 64, input: 112, kernel: 3, padding: 1)
    let shape = ChannelSpec(outer: 4, channels: 64, inner: 112 * 112)
    func peak(_ engine: CUDAEngine) throws -> Int {
      let (x, w, y) = (Buffer(count: shape.count), Buffer(count: spec.weightCount), Buffer(count: shape.count))
      let probabilities = Buffer(count: shape.count)
      let before = engine.peakMemory
      try engine.planConvolution(spec).forward(input: x, weights: w, bias: nil, output: y)
      // Wants rows.
      engine.softmax(shape, input: y, output: probabilities)
      return engine.peakMemory - before
    }
    let (rows, last) = (
      try peak(.rehearsing(hasCuDNN: true)), try peak(.rehearsing(.channelsLast, hasCuDNN: true))
    )
    #expect(last >= rows + shape.count * 4)
  }
}
