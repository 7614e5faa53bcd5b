import CaffeCore

extension ReferenceEngine: RowReductionOps {
  /// Computes `output[row] = coefficient · Σ f(x)` over the columns.
  public func reduceRows(_ spec: RowReductionSpec, input: Buffer, output: Buffer) {
    let x = input.hostForReading()
    let y = output.hostForWriting(spec.rows)
    for row in 0..<spec.rows {
      var sum = 0.0
      for i in row * spec.columns..<(row + 1) * spec.columns {
        let value = Double(x[i])
        switch spec.operation {
        case .sum, .mean: sum += value
        case .absoluteSum: sum += abs(value)
        case .sumOfSquares: sum += value * value
        }
      }
      y[row] = Float(spec.factor * sum)
    }
  }

  /// Computes `inputGradient = coefficient · outputGradient[row] · f′(x)`.
  public func reduceRowsBackward(
    _ spec: RowReductionSpec, input: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    let x = input.hostForReading()
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(spec.rows * spec.columns)
    for row in 0..<spec.rows {
      let gradient = spec.factor * Double(dy[row])
      for i in row * spec.columns..<(row + 1) * spec.columns {
        let slope: Double =
          switch spec.operation {
          case .sum, .mean: 1
          case .absoluteSum: x[i] > 0 ? 1 : x[i] < 0 ? -1 : 0
          case .sumOfSquares: 2 * Double(x[i])
          }
        dx[i] = Float(gradient * slope)
      }
    }
  }
}
