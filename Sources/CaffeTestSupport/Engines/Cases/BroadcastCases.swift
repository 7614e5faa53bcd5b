import CaffeCore

extension EngineCase {
  /// Shapes of every kind: planes of one value, of a few, of many; one channel; nothing at all.
  static let channelShapes = [
    ChannelSpec(outer: 5, channels: 3, inner: 7), ChannelSpec(outer: 2, channels: 1, inner: 61),
    ChannelSpec(outer: 37, channels: 19, inner: 1), ChannelSpec(outer: 1, channels: 33, inner: 16),
    ChannelSpec(outer: 300, channels: 2, inner: 1), ChannelSpec(outer: 3, channels: 4, inner: 50),
    ChannelSpec(outer: 1, channels: 1, inner: 1), ChannelSpec(outer: 0, channels: 4, inner: 3),
    ChannelSpec(outer: 2, channels: 2, inner: 17_001)
  ]

  /// Scales and shifts of channels, sums over them, learned rectifiers.
  package static var broadcasts: [EngineCase] {
    channelShapes.flatMap { shape in
      let name = "\(shape.outer) x \(shape.channels) x \(shape.inner)"
      return [
        scaled("scaleChannels/\(name)", shape, scale: true, shift: true),
        scaled("scaleChannels/\(name), no shift", shape, scale: true, shift: false),
        scaled("scaleChannels/\(name), no scale", shape, scale: false, shift: true),
        summed("sumChannels/\(name)", shape), rectified("prelu/\(name)", shape)
      ]
    } + [scaledInPlace, rectifiedInPlace, belowWhole] + divisions
  }

  static func scaled(
    _ name: String, _ shape: ChannelSpec, scale: Bool = true, shift: Bool = true, size: Size = .small
  ) -> EngineCase {
    EngineCase(name, size: size) { engine, stream in
      let (x, dy) = (stream.buffer(shape.count), stream.buffer(shape.count))
      let (y, dx) = (Buffer.dirty(shape.count), Buffer.dirty(shape.count))
      let (factors, terms) = (stream.buffer(shape.channels, in: 0.5...2), stream.buffer(shape.channels))
      let (factorGradient, termGradient) = (stream.buffer(shape.channels), stream.buffer(shape.channels))
      var inputs = [(name: "input", value: x, gradient: dx)]
      if scale { inputs.append(("scale", factors, factorGradient)) }
      if shift { inputs.append(("shift", terms, termGradient)) }
      return EngineRun(
        EngineDerivative(inputs: inputs, output: y, outputGradient: dy) {
          engine.scaleChannels(
            shape, input: x, scale: scale ? factors : nil, shift: shift ? terms : nil, output: y)
        } backward: {
          engine.sumChannels(shape, dy, times: x, alpha: 1, beta: 1, into: factorGradient)
          engine.sumChannels(shape, dy, times: nil, alpha: 1, beta: 1, into: termGradient)
          engine.scaleChannels(shape, input: dy, scale: scale ? factors : nil, shift: nil, output: dx)
        }, checkable: shape.count < 1000)
    }
  }

  private static var scaledInPlace: EngineCase {
    EngineCase("scaleChannels/in place", tolerance: .elementwise) { engine, stream in
      let shape = ChannelSpec(outer: 3, channels: 5, inner: 18)
      let (x, factors, terms) = (stream.buffer(shape.count), stream.buffer(5), stream.buffer(5))
      return EngineRun([("output", x)]) {
        engine.scaleChannels(shape, input: x, scale: factors, shift: terms, output: x)
      }
    }
  }

  private static func summed(_ name: String, _ shape: ChannelSpec) -> EngineCase {
    EngineCase(name) { engine, stream in
      let (a, b) = (stream.buffer(shape.count), stream.buffer(shape.count))
      let (fresh, added, weighed) = (
        Buffer.dirty(shape.channels), stream.buffer(shape.channels), Buffer.dirty(shape.channels)
      )
      return EngineRun([("sums", fresh), ("added", added), ("products", weighed)]) {
        engine.sumChannels(shape, a, times: nil, alpha: 0.5, beta: 0, into: fresh)
        engine.sumChannels(shape, a, times: b, alpha: 1, beta: 0.25, into: added)
        engine.sumChannels(shape, a, times: b, alpha: -2, beta: 0, into: weighed)
      }
    }
  }

  static func rectified(_ name: String, _ shape: ChannelSpec, size: Size = .small) -> EngineCase {
    EngineCase(name, size: size) { engine, stream in
      let isSmall = shape.count < 1000
      let x = Buffer(isSmall ? stream.separatedValues(shape.count) : stream.values(shape.count))
      let (dy, slopes) = (stream.buffer(shape.count), stream.buffer(shape.channels))
      let (y, dx, slopeGradient) = (Buffer.dirty(shape.count), Buffer.dirty(shape.count), stream.buffer(shape.channels))
      return EngineRun(
        EngineDerivative(
          inputs: [("input", x, dx), ("slopes", slopes, slopeGradient)], output: y, outputGradient: dy
        ) {
          engine.prelu(shape, input: x, slopes: slopes, output: y)
        } backward: {
          engine.preluSlopeBackward(shape, input: x, outputGradient: dy, slopeGradient: slopeGradient)
          engine.preluBackward(shape, input: x, slopes: slopes, outputGradient: dy, inputGradient: dx)
        }, checkable: isSmall)
    }
  }

  private static var rectifiedInPlace: EngineCase {
    EngineCase("prelu/in place, zeros among the values", tolerance: .elementwise) { engine, stream in
      let shape = ChannelSpec(outer: 2, channels: 3, inner: 21)
      let (x, dy) = (Buffer(stream.tiedValues(shape.count)), stream.buffer(shape.count))
      let (slopes, kept) = (stream.buffer(3), Buffer.dirty(shape.count))
      return EngineRun([("output", x), ("gradient", dy)]) {
        engine.copy(x, to: kept, count: shape.count)
        engine.prelu(shape, input: x, slopes: slopes, output: x)
        engine.preluBackward(shape, input: kept, slopes: slopes, outputGradient: dy, inputGradient: dy)
      }
    }
  }

  /// Buffers with more values than the shape has: the others stay.
  private static var belowWhole: EngineCase {
    EngineCase("scaleChannels/the first of more", tolerance: .elementwise) { engine, stream in
      let shape = ChannelSpec(outer: 2, channels: 3, inner: 5)
      let (x, y) = (stream.buffer(40), stream.buffer(41))
      let (factors, sums) = (stream.buffer(3), Buffer.dirty(3))
      return EngineRun([("output", y), ("sums", sums)]) {
        engine.scaleChannels(shape, input: x, scale: factors, shift: nil, output: y)
        engine.sumChannels(shape, x, times: y, alpha: 1, beta: 0, into: sums)
      }
    }
  }

  private static var divisions: [EngineCase] {
    [Float(3), -0.25, 0].map { divisor in
      EngineCase("divide/by \(divisor)", tolerance: .elementwise) { engine, stream in
        let (x, y, by) = (stream.buffer(37), stream.buffer(40), Buffer([divisor]))
        return EngineRun([("output", y)]) { engine.divide(x, byScalar: by, output: y, count: 37) }
      }
    }
  }
}
