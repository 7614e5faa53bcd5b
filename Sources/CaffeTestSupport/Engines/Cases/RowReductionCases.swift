import CaffeCore

extension EngineCase {
  /// Rows to one value each.
  package static var rowReductions: [EngineCase] {
    let operations: [RowReductionSpec.Operation] = [.sum, .absoluteSum, .sumOfSquares, .mean]
    let shapes = [(7, 5), (1, 83), (50, 1), (3, 40_001), (0, 4), (4, 0)]
    return operations.flatMap { operation in
      shapes.flatMap { rows, columns in
        [Float(1), -0.7].map { rowReduction(.init(operation, rows: rows, columns: columns, coefficient: $0)) }
      }
    } + [rowReductionAtZero]
  }

  private static func rowReduction(_ spec: RowReductionSpec) -> EngineCase {
    let name = "reduceRows/\(spec.operation), \(spec.rows) x \(spec.columns), times \(spec.coefficient)"
    return EngineCase(name) { engine, stream in
      let count = spec.rows * spec.columns
      let x = Buffer(count < 1000 ? stream.separatedValues(count) : stream.values(count))
      let (y, dy, dx) = (Buffer.dirty(spec.rows), stream.buffer(spec.rows), Buffer.dirty(count))
      return EngineRun(
        EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
          engine.reduceRows(spec, input: x, output: y)
        } backward: {
          engine.reduceRowsBackward(spec, input: x, outputGradient: dy, inputGradient: dx)
        }, checkable: count < 1000)
    }
  }

  /// The sign of 0 is 0.
  private static var rowReductionAtZero: EngineCase {
    EngineCase("reduceRows/zeros among the values", tolerance: .elementwise) { engine, stream in
      let spec = RowReductionSpec(.absoluteSum, rows: 3, columns: 20)
      let (x, dy, dx) = (Buffer(stream.tiedValues(60)), stream.buffer(3), Buffer.dirty(60))
      return EngineRun([("gradient", dx)]) {
        engine.reduceRowsBackward(spec, input: x, outputGradient: dy, inputGradient: dx)
      }
    }
  }
}
