import CaffeCore

extension EngineCase {
  /// Solver updates.
  package static var updates: [EngineCase] {
    let adam = AdamNumbers(momentum: 0.9, momentum2: 0.999, delta: 1e-8, correction: 0.4)
    var decoupled = adam
    decoupled.isDecayDecoupled = true
    let formulas: [(String, UpdateFormula)] = [
      ("SGD without momentum", .sgd(momentum: 0)), ("SGD", .sgd(momentum: 0.9)), ("Nesterov", .nesterov(momentum: 0.9)),
      ("AdaGrad", .adaGrad(delta: 1e-8)), ("RMSProp", .rmsProp(decay: 0.95, delta: 1e-6)),
      ("AdaDelta", .adaDelta(momentum: 0.95, delta: 1e-6)), ("Adam", .adam(adam)), ("AdamW", .adam(decoupled))
    ]
    let steps: [(String, UpdateStep)] = [
      ("plain", UpdateStep(rate: 0.1)), ("L2", UpdateStep(rate: 0.01, weightDecay: 0.0005)),
      ("L1", UpdateStep(rate: 0.05, weightDecay: 0.1, regularization: .l1)),
      ("scaled", UpdateStep(rate: 0.01, weightDecay: 0.1, gradientScale: 0.25)),
      ("rate 0", UpdateStep(rate: 0, weightDecay: 0.1))
    ]
    return formulas.flatMap { formulaName, formula in
      steps.flatMap { stepName, step in
        [0, 1, 37, 5001].map { count in
          update("\(formulaName), \(stepName), \(count) values", formula, step, size: count, count: count)
        }
      } + [update("\(formulaName), the first only", formula, steps[1].1, size: 50, count: 19)]
    }
  }

  private static func update(
    _ name: String, _ formula: UpdateFormula, _ step: UpdateStep, size: Int, count: Int
  ) -> EngineCase {
    EngineCase("update/\(name)", tolerance: .elementwise) { engine, stream in
      let (w, g) = (Buffer(stream.tiedValues(size)), stream.buffer(size))
      // Some of what is remembered are means of squares.
      let histories = (0..<formula.historyCount).map { _ in stream.buffer(size, in: 0...1) }
      let named = histories.enumerated().map { ("history \($0)", $1) }
      return EngineRun([("weights", w), ("update", g)] + named) {
        engine.update(formula, step, weights: w, gradient: g, histories: histories, count: count)
      }
    }
  }

  /// Random masks; what the stream says next shows how far it moved.
  package static var randoms: [EngineCase] {
    let counts = [0, 1, 4, 5, 63, 1000]
    return counts.flatMap { count in
      [0, 0.5, 0.7, 1].map { probability in
        EngineCase("randomMask/\(count) values, \(probability)", tolerance: .exact) { engine, stream in
          let mask = stream.buffer(count + 2)
          let next = Buffer.dirty(1)
          let start = stream
          return EngineRun([("mask", mask), ("the stream's next", next)]) {
            var stream = start
            engine.randomMask(mask, count: count, probability: probability, value: 1.5, stream: &stream)
            next[0] = stream.nextUniform()
          }
        }
      }
    }
  }
}
