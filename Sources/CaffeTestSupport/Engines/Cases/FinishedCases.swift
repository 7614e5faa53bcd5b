import CaffeCore

/// Operations that do the work of the layers that follow.
extension EngineCase {
  package static var finished: [EngineCase] {
    let convolutions: [(String, ConvolutionSpec)] = [
      ("few channels", .square(2, 3, 5, input: 8, kernel: 3)),
      ("16 images", .square(17, 2, 6, input: 6, kernel: 3, padding: 1)),
      ("16 channels", .square(2, 16, 32, input: 7, kernel: 3, padding: 1)),
      ("1 x 1", .square(3, 32, 16, input: 5, kernel: 1)),
      ("depthwise", .square(2, 32, 32, groups: 32, input: 6, kernel: 3, padding: 1)),
      ("of a picture", .square(2, 3, 16, input: 9, kernel: 3, stride: 2))
    ]
    return convolutions.flatMap { name, spec in
      [
        convolution("finished/convolution, \(name), rectified", spec, adds: false, slope: 0),
        convolution("finished/convolution, \(name), added to", spec, adds: true, slope: nil),
        convolution("finished/convolution, \(name), both", spec, adds: true, slope: 0),
        convolution("finished/convolution, \(name), both, with a slope", spec, adds: true, slope: 0.25)
      ]
    } + normalizations(of: 16) + normalizations(of: 5) + [sum(of: 2, slope: 0), sum(of: 3, slope: 0.25)]
  }

  private static func convolution(
    _ name: String, _ spec: ConvolutionSpec, adds: Bool, slope: Float?
  ) -> EngineCase {
    EngineCase(name) { engine, stream in
      let plan = try engine.planConvolution(spec)
      let count = spec.images * spec.outputCount
      let (x, w) = (stream.buffer(spec.images * spec.inputCount), stream.buffer(spec.weightCount))
      let (bias, addend, y) = (stream.buffer(spec.outputChannels), stream.buffer(count), Buffer.dirty(count))
      let finish = ConvolutionFinish(addend: adds ? addend : nil, negativeSlope: slope)
      return EngineRun([("output", y), ("addend", addend)]) {
        plan.forward(input: x, weights: w, bias: bias, output: y, finish: finish)
      }
    }
  }

  private static func sum(of inputs: Int, slope: Float) -> EngineCase {
    EngineCase("finished/sum of \(inputs), slope \(slope)") { engine, stream in
      let count = 137
      let values = (0..<inputs).map { _ in stream.buffer(count) }
      let factors: [Float] = [1, -0.5, 2].prefix(inputs).map { $0 }
      let (y, dy) = (Buffer.dirty(count), stream.buffer(count))
      let gradients = values.map { _ in Buffer.dirty(count) }
      // The last gradient takes the place of the output's.
      let targets = gradients.dropLast() + [dy]
      return EngineRun([("output", y)] + targets.map { ("gradient", $0) }) {
        engine.rectifiedSum(values, coefficients: factors, negativeSlope: slope, output: y, count: count)
        engine.rectifiedSumBackward(
          output: y, outputGradient: dy, coefficients: factors, negativeSlope: slope, inputGradients: Array(targets),
          count: count)
      }
    }
  }

  /// Of what a convolution made, as in a net: in whatever layout the engine likes.
  private static func normalizations(of channels: Int) -> [EngineCase] {
    let choices: [(String, Bool, Float?)] = [
      ("rectified", true, 0), ("with a slope", true, 0.25), ("without a shift", false, 0), ("as it is", true, nil)
    ]
    return choices.map { title, shifts, slope in
      EngineCase("finished/normalization of \(channels) channels, \(title)") { engine, stream in
        let geometry = ConvolutionSpec.square(3, 16, channels, input: 9, kernel: 3, padding: 1)
        let shape = ChannelSpec(outer: 3, channels: channels, inner: 81)
        let convolution = try engine.planConvolution(geometry)
        let plan = try engine.planStandardization(StandardizationSpec(shape: shape, deviation: .epsilonInside(1e-3)))
        let (image, weights) = (stream.buffer(3 * geometry.inputCount), stream.buffer(geometry.weightCount))
        let (x, y) = (Buffer.dirty(shape.count), Buffer.dirty(shape.count))
        let (dy, dx) = (stream.buffer(shape.count), Buffer.dirty(shape.count))
        let (mean, variance) = (Buffer.dirty(channels), Buffer.dirty(channels))
        let (scale, shift) = (stream.buffer(channels, in: -1...2), stream.buffer(channels))
        let (scaleGradient, shiftGradient) = (Buffer(count: channels), Buffer(count: channels))
        let finish = StandardizationFinish(scale: scale, shift: shifts ? shift : nil, negativeSlope: slope)
        return EngineRun([
          ("output", y), ("mean", mean), ("variance", variance), ("gradient", dx),
          ("gradient of the scale", scaleGradient), ("gradient of the shift", shiftGradient)
        ]) {
          convolution.forward(input: image, weights: weights, bias: nil, output: x)
          plan.forward(input: x, mean: mean, variance: variance, finish: finish, output: y)
          plan.backward(
            input: x, mean: mean, variance: variance, finish: finish, output: y, outputGradient: dy,
            scaleGradient: scaleGradient, shiftGradient: shifts ? shiftGradient : nil, inputGradient: dx)
        }
      }
    }
  }
}
