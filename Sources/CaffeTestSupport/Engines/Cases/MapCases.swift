import CaffeCore

extension EngineCase {
  /// Every function of one value.
  package static var maps: [EngineCase] {
    functions.flatMap { name, function, range in
      [
        map("\(name)/31 values", function, count: 31, range: range),
        map("\(name)/1025 values", function, count: 1025, range: range),
        map("\(name)/no values", function, count: 0, range: range),
        mapFirst("\(name)/the first only", function, range: range)
      ]
    } + inPlaceFunctions.map { mapInPlace("\($0.name)/in place", $0.function) } + specialValues
  }

  /// Functions, and where they are smooth or at least steps from zero don't leave their domain; `nil` for values that
  /// keep away from 0.
  private static var functions: [(name: String, function: UnaryFunction, range: ClosedRange<Float>?)] {
    [
      ("relu", .relu(negativeSlope: 0), nil), ("leaky relu", .relu(negativeSlope: 0.1), nil),
      ("sigmoid", .sigmoid, -6...6), ("tanh", .tanh, -3...3), ("absolute value", .absoluteValue, nil),
      ("power 2", .power(power: 2, scale: 0.5, shift: -0.25), -2...2),
      ("power 1", .power(power: 1, scale: -2, shift: 0.5), -2...2),
      ("power 0", .power(power: 0, scale: 2, shift: 0.5), -2...2),
      ("power 0.75", .power(power: 0.75, scale: 1.5, shift: 1), 0.1...2),
      ("power -1.5", .power(power: -1.5, scale: 1, shift: 2), 0...2),
      ("power of a constant", .power(power: 2, scale: 0, shift: 3), -2...2),
      ("exponential", .exponential(innerScale: 1, outerScale: 1), -3...3),
      ("exponential, base 2", .exponential(innerScale: 0.693_147_2 * 0.5, outerScale: 1.3), -3...3),
      ("logarithm", .logarithm(baseScale: 1, inputScale: 1, inputShift: 0), 0.5...4),
      ("logarithm, base 10", .logarithm(baseScale: 0.434_294_5, inputScale: 2, inputShift: 1), 0.5...4),
      ("elu", .elu(alpha: 1), nil), ("elu 0.4", .elu(alpha: 0.4), nil), ("bnll", .bnll, -5...5),
      ("clip", .clip(minimum: -0.56, maximum: 0.8), nil),
      ("swish", .swish(beta: 1), -4...4), ("swish 2", .swish(beta: 2), -4...4),
      ("threshold", .threshold(0), nil)
    ]
  }

  /// Functions whose layers may write over their input, with which their derivative must do without it.
  private static var inPlaceFunctions: [(name: String, function: UnaryFunction)] {
    [
      ("relu", .relu(negativeSlope: 0)), ("leaky relu", .relu(negativeSlope: 0.1)), ("sigmoid", .sigmoid),
      ("tanh", .tanh), ("elu", .elu(alpha: 0.7)), ("exponential", .exponential(innerScale: 0.5, outerScale: 1))
    ]
  }

  private static func map(
    _ name: String, _ function: UnaryFunction, count: Int, range: ClosedRange<Float>?
  ) -> EngineCase {
    EngineCase(name, tolerance: .elementwise) { engine, stream in
      let x = Buffer(range.map { stream.values(count, in: $0) } ?? stream.separatedValues(count))
      let dy = stream.buffer(count)
      let (y, dx) = (Buffer.dirty(count), Buffer.dirty(count))
      return EngineRun(
        EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
          engine.map(function, input: x, output: y, count: count)
        } backward: {
          engine.mapBackward(
            function, input: x, output: y, outputGradient: dy, inputGradient: dx, count: count)
        }, checkable: count < 100)
    }
  }

  private static func mapFirst(_ name: String, _ function: UnaryFunction, range: ClosedRange<Float>?) -> EngineCase {
    EngineCase(name, tolerance: .elementwise) { engine, stream in
      let x = Buffer(range.map { stream.values(40, in: $0) } ?? stream.separatedValues(40))
      let (y, dy, dx) = (stream.buffer(40), stream.buffer(40), stream.buffer(40))
      return EngineRun([("output", y), ("gradient", dx)]) {
        engine.map(function, input: x, output: y, count: 23)
        engine.mapBackward(function, input: x, output: y, outputGradient: dy, inputGradient: dx, count: 23)
      }
    }
  }

  private static func mapInPlace(_ name: String, _ function: UnaryFunction) -> EngineCase {
    EngineCase(name, tolerance: .elementwise) { engine, stream in
      let x = Buffer(stream.separatedValues(101))
      let dy = stream.buffer(101)
      return EngineRun([("output", x), ("gradient", dy)]) {
        engine.map(function, input: x, output: x, count: 101)
        engine.mapBackward(function, input: x, output: x, outputGradient: dy, inputGradient: dy, count: 101)
      }
    }
  }

  /// Kinks, and values whose exponential overflows.
  private static var specialValues: [EngineCase] {
    let values: [Float] = [0, -0.5, 0.5, 1, -1, 100, -100, 88, -88, 1e-30, -1e-30, 3, -3, 20, -20, 1e4, -1e4]
    let functions: [(String, UnaryFunction)] = [
      ("relu", .relu(negativeSlope: 0)), ("leaky relu", .relu(negativeSlope: 0.25)), ("sigmoid", .sigmoid),
      ("tanh", .tanh), ("absolute value", .absoluteValue), ("elu", .elu(alpha: 1)), ("bnll", .bnll),
      ("clip", .clip(minimum: -0.5, maximum: 0.5)), ("swish", .swish(beta: 1)), ("threshold", .threshold(0.5)),
      ("power 2", .power(power: 2, scale: 1, shift: 0)), ("power 3", .power(power: 3, scale: 1, shift: 0)),
      ("power 1", .power(power: 1, scale: 1, shift: 0))
    ]
    return functions.map { name, function in
      EngineCase("\(name)/special values", tolerance: .elementwise) { engine, stream in
        let (x, dy) = (Buffer(values), stream.buffer(values.count))
        let (y, dx) = (Buffer.dirty(values.count), Buffer.dirty(values.count))
        return EngineRun([("output", y), ("gradient", dx)]) {
          engine.map(function, input: x, output: y, count: values.count)
          engine.mapBackward(
            function, input: x, output: y, outputGradient: dy, inputGradient: dx, count: values.count)
        }
      }
    }
  }
}
