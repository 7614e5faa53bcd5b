import CaffeCore

extension EngineCase {
  /// Standardisation, with statistics of its own and with given ones.
  package static var standardizations: [EngineCase] {
    let deviations: [(String, StandardizationSpec.Deviation)] = [
      ("epsilon inside", .epsilonInside(1e-2)), ("epsilon outside", .epsilonOutside(1e-9)), ("mean only", .none)
    ]
    return channelShapes.flatMap { shape in
      deviations.flatMap { name, deviation in
        let spec = StandardizationSpec(shape: shape, deviation: deviation)
        let title = "\(name), \(shape.outer) x \(shape.channels) x \(shape.inner)"
        // The variance of one value is 0.
        let divides = shape.outer * shape.inner > 1 || deviation != .epsilonOutside(1e-9)
        return (divides ? [standardization("standardization/\(title)", spec)] : [])
          + [givenStandardization("standardization/given, \(title)", spec)]
      }
    } + [largeMean, standardizedInPlace]
  }

  package static func standardization(
    _ name: String, _ spec: StandardizationSpec, size: Size = .small
  ) -> EngineCase {
    EngineCase(name, size: size) { engine, stream in
      let plan = try engine.planStandardization(spec)
      let (count, channels) = (spec.shape.count, spec.shape.channels)
      let (x, dy) = (stream.buffer(count, in: -1...3), stream.buffer(count))
      let (y, copy, dx) = (Buffer.dirty(count), Buffer.dirty(count), Buffer.dirty(count))
      let (mean, variance) = (Buffer.dirty(channels), stream.buffer(channels, in: 1...2))
      return EngineRun(
        EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
          plan.forward(input: x, mean: mean, variance: variance, output: y, copy: copy)
        } backward: {
          plan.backward(output: copy, variance: variance, outputGradient: dy, inputGradient: dx)
        }, also: [("copy", copy), ("mean", mean), ("variance", variance)], checkable: count < 1000)
    }
  }

  private static func givenStandardization(_ name: String, _ spec: StandardizationSpec) -> EngineCase {
    EngineCase(name) { engine, stream in
      let plan = try engine.planStandardization(spec)
      let (count, channels) = (spec.shape.count, spec.shape.channels)
      let (x, dy) = (stream.buffer(count, in: -1...3), stream.buffer(count))
      let (y, dx) = (Buffer.dirty(count), Buffer.dirty(count))
      let (mean, variance) = (stream.buffer(channels), stream.buffer(channels, in: 0.5...2))
      return EngineRun(
        EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
          plan.forwardGiven(input: x, mean: mean, variance: variance, output: y)
        } backward: {
          plan.backwardGiven(variance: variance, outputGradient: dy, inputGradient: dx)
        }, checkable: count < 1000)
    }
  }

  /// A mean a thousand times the deviation costs no digits of the variance.
  private static var largeMean: EngineCase {
    EngineCase("standardization/large mean", tolerance: Tolerance(relative: 1e-3)) { engine, stream in
      let shape = ChannelSpec(outer: 20, channels: 3, inner: 64)
      let plan = try engine.planStandardization(StandardizationSpec(shape: shape, deviation: .epsilonInside(1e-5)))
      let x = stream.buffer(shape.count, in: 1000...1002)
      let (mean, variance, y) = (Buffer.dirty(3), Buffer.dirty(3), Buffer.dirty(shape.count))
      return EngineRun([("mean", mean), ("variance", variance)]) {
        plan.forward(input: x, mean: mean, variance: variance, output: y, copy: nil)
      }
    }
  }

  private static var standardizedInPlace: EngineCase {
    EngineCase("standardization/in place") { engine, stream in
      let shape = ChannelSpec(outer: 4, channels: 5, inner: 9)
      let plan = try engine.planStandardization(StandardizationSpec(shape: shape, deviation: .epsilonInside(1e-5)))
      let (x, dy, given) = (stream.buffer(shape.count), stream.buffer(shape.count), stream.buffer(shape.count))
      let (mean, variance, copy) = (Buffer.dirty(5), Buffer.dirty(5), Buffer.dirty(shape.count))
      return EngineRun([("output", x), ("copy", copy), ("gradient", dy), ("given", given)]) {
        plan.forward(input: x, mean: mean, variance: variance, output: x, copy: copy)
        plan.backward(output: copy, variance: variance, outputGradient: dy, inputGradient: dy)
        plan.forwardGiven(input: given, mean: mean, variance: variance, output: given)
        plan.backwardGiven(variance: variance, outputGradient: given, inputGradient: given)
      }
    }
  }
}
