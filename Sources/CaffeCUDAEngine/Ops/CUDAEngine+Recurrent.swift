import CCUDA
import CaffeCore

extension CUDAEngine: RecurrentOps {
  /// Computes a step of long short-term memory.
  public func lstmUnit(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    hidden: Operand
  ) {
    guard spec.count > 0 else { return }
    let (held, x, goesOn) = (read(previousCell), read(gates), read(continuation))
    let (c, h) = (write(cell, spec.count), write(hidden, spec.count))
    device.launch(.lstmUnit, .over(spec.count), held, x, goesOn, c, h, spec.count, caffe_gpu_divisor(spec.length))
  }

  /// Computes the gradients of the previous cells and of the gates.
  public func lstmUnitBackward(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    cellGradient: Operand, hiddenGradient: Operand, previousCellGradient: Operand?, gateGradient: Operand?
  ) {
    guard spec.count > 0 else { return }
    let (held, x, goesOn, c) = (read(previousCell), read(gates), read(continuation), read(cell))
    let (dc, dh) = (read(cellGradient), read(hiddenGradient))
    let heldGradient = previousCellGradient.map { write($0, spec.count) } ?? 0
    let dx = gateGradient.map { write($0, 4 * spec.count) } ?? 0
    device.launch(
      .lstmUnitBackward, .over(spec.count), held, x, goesOn, c, dc, dh, heldGradient, dx, spec.count,
      caffe_gpu_divisor(spec.length))
  }

  /// Computes `output = factors[row] · input + beta · output`, row by row.
  public func scaleRows(_ spec: RecurrentSpec, input: Operand, factors: Operand, beta: Float, output: Operand) {
    guard spec.count > 0 else { return }
    let (x, by) = (read(input), read(factors))
    let target = beta == 0 ? write(output, spec.count) : update(output)
    device.launch(.scaleRows, .over(spec.count), x, by, beta, target, spec.count, caffe_gpu_divisor(spec.length))
  }
}

extension RecurrentSpec {
  fileprivate var count: Int { rows * length }
}

extension Kernel {
  fileprivate static let lstmUnit = Kernel("recurrent", "lstm_unit")
  fileprivate static let lstmUnitBackward = Kernel("recurrent", "lstm_unit_backward")
  fileprivate static let scaleRows = Kernel("recurrent", "scale_rows")
}
