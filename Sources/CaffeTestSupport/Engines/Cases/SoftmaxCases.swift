import CaffeCore

extension EngineCase {
  /// Softmax.
  package static var softmaxes: [EngineCase] {
    let shapes = [(1, 10, 1), (64, 10, 1), (3, 7, 5), (2, 1, 4), (1, 1000, 1), (2, 16, 9), (0, 5, 2), (4, 3, 0)]
    return shapes.map { outer, channels, inner in
      softmax(
        "softmax/\(outer) x \(channels) x \(inner)", ChannelSpec(outer: outer, channels: channels, inner: inner))
    } + [softmaxInPlace, softmaxOfLargeValues]
  }

  private static func softmax(_ name: String, _ spec: ChannelSpec) -> EngineCase {
    EngineCase(name) { engine, stream in
      let (x, dy) = (stream.buffer(spec.count, in: -3...3), stream.buffer(spec.count))
      let (y, dx) = (Buffer.dirty(spec.count), Buffer.dirty(spec.count))
      return EngineRun(
        EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
          engine.softmax(spec, input: x, output: y)
        } backward: {
          engine.softmaxBackward(spec, output: y, outputGradient: dy, inputGradient: dx)
        })
    }
  }

  private static var softmaxInPlace: EngineCase {
    EngineCase("softmax/in place") { engine, stream in
      let spec = ChannelSpec(outer: 3, channels: 6, inner: 4)
      let (x, dy) = (stream.buffer(spec.count, in: -3...3), stream.buffer(spec.count))
      return EngineRun([("output", x), ("gradient", dy)]) {
        engine.softmax(spec, input: x, output: x)
        engine.softmaxBackward(spec, output: x, outputGradient: dy, inputGradient: dy)
      }
    }
  }

  private static var softmaxOfLargeValues: EngineCase {
    EngineCase("softmax/values whose exponentials overflow") { engine, stream in
      let spec = ChannelSpec(outer: 4, channels: 9, inner: 2)
      let (x, y) = (stream.buffer(spec.count, in: -1000...1000), Buffer.dirty(spec.count))
      return EngineRun([("output", y)]) { engine.softmax(spec, input: x, output: y) }
    }
  }
}
