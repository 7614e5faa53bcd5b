import CaffeCore

extension EngineCase {
  /// Functions of several buffers.
  package static var eltwise: [EngineCase] { axpbys + multiplications + sums + products + maxima }

  private static var axpbys: [EngineCase] {
    let scales: [(Float, Float)] = [(1, 1), (-0.5, 1), (2, 0), (0, 0), (1, -1), (0.25, 0.75)]
    return scales.flatMap { alpha, beta in
      [0, 1, 33, 4099].map { count in
        EngineCase("axpby/\(alpha), \(beta), \(count) values", tolerance: .elementwise) { engine, stream in
          let x = stream.buffer(count)
          let y = beta == 0 ? Buffer.dirty(count) : stream.buffer(count)
          return EngineRun([("y", y), ("x", x)]) { engine.axpby(alpha, x, beta, y, count: count) }
        }
      }
    } + [
      EngineCase("axpby/the first only", tolerance: .elementwise) { engine, stream in
        let (x, y, z) = (stream.buffer(50), stream.buffer(60), stream.buffer(60))
        return EngineRun([("y", y), ("z", z)]) {
          engine.axpby(2, x, 1, y, count: 17)
          engine.axpby(2, x, 0, z, count: 17)
        }
      },
      EngineCase("axpby/onto itself", tolerance: .elementwise) { engine, stream in
        let x = stream.buffer(45)
        return EngineRun([("values", x)]) { engine.axpby(0.5, x, 2, x, count: 45) }
      }
    ]
  }

  private static var multiplications: [EngineCase] {
    [
      EngineCase("multiply/513 values", tolerance: .elementwise) { engine, stream in
        let (a, b, y) = (stream.buffer(513), stream.buffer(513), Buffer.dirty(513))
        return EngineRun([("output", y)]) { engine.multiply(a, b, output: y, count: 513) }
      },
      EngineCase("multiply/in place", tolerance: .elementwise) { engine, stream in
        let (a, b) = (stream.buffer(77), stream.buffer(77))
        return EngineRun([("a", a), ("b", b)]) {
          engine.multiply(a, b, output: a, count: 77)
          engine.multiply(a, b, output: b, count: 77)
        }
      },
      EngineCase("multiply/squares, the first only", tolerance: .elementwise) { engine, stream in
        let (a, y) = (stream.buffer(40), stream.buffer(40))
        return EngineRun([("output", y)]) { engine.multiply(a, a, output: y, count: 11) }
      }
    ]
  }

  private static var sums: [EngineCase] {
    let coefficients: [[Float]] = [[1], [1, 1], [1, -1], [0.5, 2, -1.5], [1, 1, 1, 1, 1]]
    return coefficients.flatMap { coefficients in
      [37, 2050].map { count in
        EngineCase("weightedSum/\(coefficients), \(count) values", tolerance: .elementwise) { engine, stream in
          let inputs = coefficients.map { _ in stream.buffer(count) }
          let y = Buffer.dirty(count)
          return EngineRun([("output", y)]) {
            engine.weightedSum(inputs, coefficients: coefficients, output: y, count: count)
          }
        }
      }
    } + [
      EngineCase("weightedSum/in place of the second", tolerance: .elementwise) { engine, stream in
        let inputs = (0..<3).map { _ in stream.buffer(53) }
        return EngineRun([("output", inputs[1])]) {
          engine.weightedSum(inputs, coefficients: [1, 0.5, -2], output: inputs[1], count: 53)
        }
      },
      EngineCase("weightedSum/one buffer twice", tolerance: .elementwise) { engine, stream in
        let (x, y) = (stream.buffer(53), Buffer.dirty(53))
        return EngineRun([("output", y)]) { engine.weightedSum([x, x], coefficients: [1, 0.5], output: y, count: 53) }
      }
    ]
  }

  private static var products: [EngineCase] {
    [2, 3, 4].flatMap { inputs in
      [true, false].map { stable in
        EngineCase("product/\(inputs) inputs, stable \(stable)", tolerance: .elementwise) { engine, stream in
          let x = (0..<inputs).map { _ in stream.buffer(43, in: 0.5...1.5) }
          let dx = x.map { _ in Buffer.dirty(43) }
          let (y, dy) = (Buffer.dirty(43), stream.buffer(43))
          let named = zip(x, dx).enumerated().map { ("input \($0)", $1.0, $1.1) }
          return EngineRun(
            EngineDerivative(inputs: named, output: y, outputGradient: dy) {
              engine.product(x, output: y, count: 43)
            } backward: {
              for index in x.indices {
                engine.productBackward(
                  x, index: index, output: stable ? nil : y, outputGradient: dy, inputGradient: dx[index], count: 43)
              }
            })
        }
      }
    } + [
      EngineCase("product/zeros among the inputs, stable", tolerance: .elementwise) { engine, stream in
        let x = (0..<3).map { _ in Buffer(stream.tiedValues(50)) }
        let (y, dy, dx) = (Buffer.dirty(50), stream.buffer(50), Buffer.dirty(50))
        return EngineRun([("output", y), ("gradient", dx)]) {
          engine.product(x, output: y, count: 50)
          engine.productBackward(x, index: 2, output: nil, outputGradient: dy, inputGradient: dx, count: 50)
        }
      }
    ]
  }

  private static var maxima: [EngineCase] {
    [1, 2, 3, 5].flatMap { inputs in
      [false, true].map { tied in
        EngineCase("maximum/\(inputs) inputs\(tied ? ", ties" : "")", tolerance: .exact) { engine, stream in
          let all = tied ? stream.tiedValues(61 * inputs) : stream.separatedValues(61 * inputs)
          let x = (0..<inputs).map { Buffer(Array(all[$0 * 61..<($0 + 1) * 61])) }
          let dx = x.map { _ in Buffer.dirty(61) }
          let (y, winners, dy) = (Buffer.dirty(61), Buffer.dirty(61), stream.buffer(61))
          let named = zip(x, dx).enumerated().map { ("input \($0)", $1.0, $1.1) }
          return EngineRun(
            EngineDerivative(inputs: named, output: y, outputGradient: dy) {
              engine.maximum(x, output: y, winners: winners, count: 61)
            } backward: {
              for index in x.indices {
                engine.maximumBackward(
                  winners: winners, index: index, outputGradient: dy, inputGradient: dx[index], count: 61)
              }
            }, also: [("winners", winners)], checkable: !tied)
        }
      }
    }
  }
}
