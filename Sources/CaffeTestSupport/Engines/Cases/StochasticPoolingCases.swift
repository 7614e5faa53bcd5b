import CaffeCore

extension EngineCase {
  /// Stochastic pooling, drawing and not.
  package static var stochasticPoolings: [EngineCase] {
    let specs: [PoolingSpec] = [
      spec(2, 3, [8, 8], [2, 2], [2, 2]), spec(2, 3, [7, 7], [2, 2], [2, 2]), spec(2, 2, [8, 8], [3, 3], [2, 2]),
      spec(1, 4, [6, 6], [3, 3], [1, 1]), spec(3, 5, [6, 7], [6, 7], [1, 1]), spec(2, 2, [7, 7], [2, 2], [3, 3]),
      spec(33, 3, [5, 5], [3, 3], [2, 2]), spec(0, 3, [6, 6], [2, 2], [2, 2]), spec(8, 16, [30, 30], [3, 3], [2, 2])
    ]
    return specs.flatMap { spec in
      let name = "\(spec.images) of \(spec.channels) x \(spec.input), kernel \(spec.kernel), stride \(spec.stride)"
      return [expected("stochastic pooling/expected, \(name)", spec), drawn("stochastic pooling/drawn, \(name)", spec)]
    } + [drawnFromNothing]
  }

  private static func spec(
    _ images: Int, _ channels: Int, _ input: [Int], _ kernel: [Int], _ stride: [Int]
  ) -> PoolingSpec {
    .rounded(
      .stochastic, images: images, channels: channels, input: input, kernel: kernel, stride: stride, padding: [0, 0])
  }

  private static func expected(_ name: String, _ spec: PoolingSpec) -> EngineCase {
    EngineCase(name) { engine, stream in
      let plan = try engine.planPooling(spec)
      let (x, dx) = (stream.buffer(spec.inputCount, in: 0.1...2), Buffer.dirty(spec.inputCount))
      let (y, dy) = (Buffer.dirty(spec.outputCount), stream.buffer(spec.outputCount))
      return EngineRun(
        EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
          plan.forward(input: x, output: y, mask: nil)
        } backward: {
          plan.backward(outputGradient: dy, inputGradient: dx)
        }, checkable: spec.inputCount < 3000)
    }
  }

  private static func drawn(_ name: String, _ spec: PoolingSpec) -> EngineCase {
    EngineCase(name, tolerance: .elementwise) { engine, stream in
      let plan = try engine.planPooling(spec)
      // As after a ReLU: many are 0.
      let x = Buffer(stream.values(spec.inputCount).map { max($0, 0) })
      let results = (0..<3).map { _ in Buffer.dirty(spec.outputCount) }
      let (dy, dx) = (stream.buffer(spec.outputCount), Buffer.dirty(spec.inputCount))
      let next = Buffer.dirty(4)
      let draws = stream
      return EngineRun([
        ("first", results[0]), ("mask", results[1]), ("second", results[2]), ("gradient", dx), ("next words", next)
      ]) {
        var random = draws
        plan.forwardSampling(input: x, output: results[0], mask: results[1], stream: &random)
        plan.forwardSampling(input: x, output: results[2], mask: nil, stream: &random)
        plan.backward(outputGradient: dy, inputGradient: dx)
        next.set((0..<4).map { _ in random.nextUniform() })
      }
    }
  }

  /// Windows of zeros, and of values below zero.
  private static var drawnFromNothing: EngineCase {
    EngineCase("stochastic pooling/windows without anything above zero", tolerance: .elementwise) { engine, stream in
      let spec = spec(2, 2, [4, 4], [2, 2], [2, 2])
      let plan = try engine.planPooling(spec)
      let x = Buffer(stream.values(spec.inputCount, in: -1...0).enumerated().map { $0 < 32 ? 0 : $1 })
      let (drawn, mask, expected) = (Buffer.dirty(16), Buffer.dirty(16), Buffer.dirty(16))
      let (dy, dx) = (stream.buffer(16), Buffer.dirty(64))
      let draws = stream
      return EngineRun([("drawn", drawn), ("mask", mask), ("expected", expected), ("gradient", dx)]) {
        var random = draws
        plan.forwardSampling(input: x, output: drawn, mask: mask, stream: &random)
        plan.forward(input: x, output: expected, mask: nil)
        plan.backward(outputGradient: dy, inputGradient: dx)
      }
    }
  }
}
