import CaffeCore

extension EngineCase {
  /// Convolution, standardisation and scale in place, learned rectifier, convolution, and all the way back: a block of a
  /// residual net, between whose operations an engine may keep values in forms of its own.
  package static var normalizedChains: [EngineCase] {
    let shapes: [(String, ConvolutionSpec)] = [
      ("29 images", .square(29, 3, 6, input: 6, kernel: 3)),
      ("32 images", .square(32, 2, 5, input: 5, kernel: 3, padding: 1)),
      ("32 images, one place", .square(32, 3, 4, input: 3, kernel: 3)),
      ("one image", .square(1, 8, 16, input: 7, kernel: 3, padding: 1)),
      ("blocks of channels", .square(3, 16, 32, input: 14, kernel: 3, padding: 1)),
      ("an image in blocks of channels", .square(1, 16, 48, input: 15, kernel: 3))
    ]
    return shapes.flatMap { name, spec in
      [
        normalizedChain("normalised chain/\(name)", spec, deviation: .epsilonInside(1e-3)),
        normalizedChain("normalised chain/\(name), mean only", spec, deviation: .none)
      ]
    }
  }

  private static func normalizedChain(
    _ name: String, _ first: ConvolutionSpec, deviation: StandardizationSpec.Deviation
  ) -> EngineCase {
    EngineCase(name, tolerance: Tolerance(relative: 1e-3)) { engine, stream in
      let channels = first.outputChannels
      let shape = ChannelSpec(outer: first.images, channels: channels, inner: first.outputCount / channels)
      let shared = ChannelSpec(outer: first.images, channels: 1, inner: first.outputCount)
      let second = ConvolutionSpec(
        images: first.images, inputChannels: channels, outputChannels: 4, input: first.output, kernel: [1, 1],
        stride: [1, 1], padding: [0, 0], dilation: [1, 1])
      let plans = (try engine.planConvolution(first), try engine.planConvolution(second))
      let standardization = try engine.planStandardization(StandardizationSpec(shape: shape, deviation: deviation))
      let x = stream.buffer(first.images * first.inputCount)
      let weights = (stream.buffer(first.weightCount), stream.buffer(second.weightCount))
      let (scale, shift) = (stream.buffer(channels, in: 0.5...2), stream.buffer(channels))
      let (slopes, slope) = (stream.buffer(channels), stream.buffer(1))
      let (y, normalized, rectified) = (Buffer.dirty(shape.count), Buffer.dirty(shape.count), Buffer.dirty(shape.count))
      let (mean, variance) = (Buffer.dirty(channels), stream.buffer(channels, in: 1...2))
      let (z, dz) = (Buffer.dirty(first.images * second.outputCount), stream.buffer(first.images * second.outputCount))
      let (d, e, dx) = (Buffer.dirty(shape.count), Buffer.dirty(shape.count), Buffer.dirty(x.count))
      let sums = (0..<4).map { _ in stream.buffer(channels) }
      let sharedSum = stream.buffer(1)
      return EngineRun([
        ("output", z), ("normalised", normalized), ("mean", mean), ("variance", variance), ("slopes", sums[0]),
        ("scale", sums[1]), ("shift", sums[2]), ("rectified by one slope", y), ("one slope", sharedSum),
        ("given", e), ("input", dx)
      ]) {
        plans.0.forward(input: x, weights: weights.0, bias: nil, output: y)
        standardization.forward(input: y, mean: mean, variance: variance, output: y, copy: normalized)
        engine.scaleChannels(shape, input: y, scale: scale, shift: shift, output: y)
        engine.prelu(shape, input: y, slopes: slopes, output: rectified)
        plans.1.forward(input: rectified, weights: weights.1, bias: nil, output: z)

        plans.1.backwardData(outputGradient: dz, weights: weights.1, inputGradient: d)
        engine.preluSlopeBackward(shared, input: y, outputGradient: d, slopeGradient: sharedSum)
        engine.preluSlopeBackward(shape, input: y, outputGradient: d, slopeGradient: sums[0])
        engine.preluBackward(shape, input: y, slopes: slopes, outputGradient: d, inputGradient: d)
        engine.sumChannels(shape, d, times: normalized, alpha: 1, beta: 1, into: sums[1])
        engine.sumChannels(shape, d, times: nil, alpha: 1, beta: 1, into: sums[2])
        engine.scaleChannels(shape, input: d, scale: scale, shift: nil, output: d)
        standardization.backwardGiven(variance: variance, outputGradient: d, inputGradient: e)
        standardization.backward(output: normalized, variance: variance, outputGradient: d, inputGradient: d)
        plans.0.backwardData(outputGradient: d, weights: weights.0, inputGradient: dx)
        engine.prelu(shared, input: y, slopes: slope, output: y)
      }
    }
  }
}
