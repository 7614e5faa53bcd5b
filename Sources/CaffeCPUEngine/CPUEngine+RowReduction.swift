import CKernels
import CaffeCore

extension CPUEngine: RowReductionOps {
  /// Computes `output[row] = coefficient · Σ f(x)` over the columns.
  public func reduceRows(_ spec: RowReductionSpec, input: Buffer, output: Buffer) {
    let x = input.hostForReading()
    let y = output.plainForWriting(spec.rows)
    withScratch(Double.self, spec.rows) { sums in
      let shape = ChannelSpec(outer: 1, channels: spec.rows, inner: spec.columns)
      workers.partialSums(shape, into: sums) { _, _, offset, count in
        switch spec.operation {
        case .sum, .mean: caffe_sum(x + offset, count)
        case .absoluteSum: caffe_absolute_sum(x + offset, count)
        case .sumOfSquares: caffe_square_sum(x + offset, count)
        }
      }
      for row in 0..<spec.rows { y[row] = Float(spec.factor * sums[row]) }
    }
  }

  /// Computes `inputGradient = coefficient · outputGradient[row] · f′(x)`.
  public func reduceRowsBackward(
    _ spec: RowReductionSpec, input: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    let dy = outputGradient.hostForReading()
    // A sum's gradient doesn't look at its input.
    let needsInput = spec.operation == .absoluteSum || spec.operation == .sumOfSquares
    let values = needsInput ? input.hostForReading() : dy
    let dx = inputGradient.plainForWriting(spec.rows * spec.columns)
    workers.eachRowPart(spec.rows, spec.columns) { row, first, last in
      let gradient = Float(spec.factor * Double(dy[row]))
      let start = row * spec.columns + first
      switch spec.operation {
      case .sum, .mean: caffe_fill(dx + start, gradient, last - first)
      case .absoluteSum: caffe_scaled_sign(gradient, values + start, dx + start, last - first)
      case .sumOfSquares: caffe_axpby(2 * gradient, values + start, 0, dx + start, last - first)
      }
    }
  }
}
