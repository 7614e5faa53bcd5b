/// Rows of a matrix, each to one value.
public protocol RowReductionOps {
  /// Computes `output[row] = coefficient · Σ f(x)` over the columns.
  func reduceRows(_ spec: RowReductionSpec, input: Buffer, output: Buffer)

  /// Computes `inputGradient = coefficient · outputGradient[row] · f′(x)`.
  func reduceRowsBackward(_ spec: RowReductionSpec, input: Buffer, outputGradient: Buffer, inputGradient: Buffer)
}

/// How rows are reduced.
public struct RowReductionSpec: Hashable, Sendable {
  /// What is summed up.
  public enum Operation: Hashable, Sendable {
    /// x.
    case sum
    /// |x|; the derivative is the sign, 0 at 0.
    case absoluteSum
    /// x².
    case sumOfSquares
    /// x / columns.
    case mean
  }

  /// What is summed up.
  public var operation: Operation
  /// The number of rows.
  public var rows: Int
  /// The values of a row.
  public var columns: Int
  /// The factor of the sums.
  public var coefficient: Float

  /// Makes a spec.
  public init(_ operation: Operation, rows: Int, columns: Int, coefficient: Float = 1) {
    self.operation = operation
    self.rows = rows
    self.columns = columns
    self.coefficient = coefficient
  }

  /// The coefficient, for a mean divided by the columns.
  package var factor: Double {
    operation == .mean ? Double(coefficient) / Double(max(columns, 1)) : Double(coefficient)
  }
}
