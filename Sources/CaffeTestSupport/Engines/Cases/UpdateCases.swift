import CaffeCore

extension EngineCase {
  /// Solver updates.
  package static var updates: [EngineCase] {
    let steps: [(String, SGDStep)] = [
      ("plain", SGDStep(rate: 0.1, momentum: 0, weightDecay: 0)),
      ("momentum", SGDStep(rate: 0.01, momentum: 0.9, weightDecay: 0)),
      ("momentum and L2", SGDStep(rate: 0.01, momentum: 0.9, weightDecay: 0.0005)),
      ("L1", SGDStep(rate: 0.05, momentum: 0.5, weightDecay: 0.1, regularization: .l1)),
      ("scaled", SGDStep(rate: 0.01, momentum: 0.9, weightDecay: 0.1, gradientScale: 0.25)),
      ("rate 0", SGDStep(rate: 0, momentum: 0.9, weightDecay: 0.1))
    ]
    return steps.flatMap { name, step in
      [0, 1, 37, 5001].map { count in
        EngineCase("sgdUpdate/\(name), \(count) values", tolerance: .elementwise) { engine, stream in
          let (w, g, h) = (Buffer(stream.tiedValues(count)), stream.buffer(count), stream.buffer(count))
          return EngineRun([("weights", w), ("update", g), ("history", h)]) {
            engine.sgdUpdate(step, weights: w, gradient: g, history: h, count: count)
          }
        }
      }
    } + [
      EngineCase("sgdUpdate/the first only", tolerance: .elementwise) { engine, stream in
        let (w, g, h) = (stream.buffer(50), stream.buffer(50), stream.buffer(50))
        let step = SGDStep(rate: 0.01, momentum: 0.9, weightDecay: 0.1)
        return EngineRun([("weights", w), ("update", g), ("history", h)]) {
          engine.sgdUpdate(step, weights: w, gradient: g, history: h, count: 19)
        }
      }
    ]
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
