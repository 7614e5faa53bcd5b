/// One time step of recurrent nets. Operands are places in buffers, so that a step's values may be part of all steps'.
public protocol RecurrentOps {
  /// Computes a step of long short-term memory for `rows` sequences with `length` cells each:
  /// `c = k · σ(f) · previousCell + σ(i) · tanh g`, `hidden = σ(o) · tanh c`.
  ///
  /// `gates` is rows × 4 × length, in the order i, f, o, g; `continuation` has one k for each row, 0 where a sequence begins,
  /// otherwise 1; where it is 0 the previous cell isn't used, whatever it holds.
  ///
  /// Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997; Caffe's LSTMUnit.
  func lstmUnit(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    hidden: Operand)

  /// Computes the gradients of the previous cells and of the gates, overwriting them, each where it is wanted.
  ///
  /// `cell` is that of the forward; `previousCellGradient` may be at the place of `cellGradient`, `gateGradient` at that of `gates`.
  func lstmUnitBackward(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    cellGradient: Operand, hiddenGradient: Operand, previousCellGradient: Operand?, gateGradient: Operand?)

  /// Computes `output = factors[row] · input + beta · output`, row by row; `beta` 0 overwrites the output whatever it held.
  ///
  /// A row whose factor is 0 counts as zeros, whatever it holds.
  func scaleRows(_ spec: RecurrentSpec, input: Operand, factors: Operand, beta: Float, output: Operand)
}

/// The sizes of a time step.
public struct RecurrentSpec: Hashable, Sendable {
  /// Sequences side by side.
  public var rows: Int
  /// Values of each.
  public var length: Int

  /// Makes a spec.
  public init(rows: Int, length: Int) {
    self.rows = rows
    self.length = length
  }
}
