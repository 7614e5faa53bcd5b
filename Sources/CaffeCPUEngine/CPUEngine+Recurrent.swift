import CKernels
import CaffeCore

extension CPUEngine: RecurrentOps {
  /// Computes a step of long short-term memory.
  public func lstmUnit(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    hidden: Operand
  ) {
    let (held, x, goesOn) = (previousCell.values, gates.values, continuation.values)
    let (c, h) = (cell.room, hidden.room)
    workers.split(spec.rows, bytes: spec.length * 64, multiple: 1) { first, last in
      caffe_lstm_unit(held, x, goesOn, c, h, spec.length, first, last)
    }
  }

  /// Computes the gradients of the previous cells and of the gates.
  public func lstmUnitBackward(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    cellGradient: Operand, hiddenGradient: Operand, previousCellGradient: Operand?, gateGradient: Operand?
  ) {
    let (held, x, goesOn, c) = (previousCell.values, gates.values, continuation.values, cell.values)
    let (dc, dh) = (cellGradient.values, hiddenGradient.values)
    let (heldGradient, dx) = (previousCellGradient?.room, gateGradient?.room)
    workers.split(spec.rows, bytes: spec.length * 64, multiple: 1) { first, last in
      caffe_lstm_unit_gradient(held, x, goesOn, c, dc, dh, heldGradient, dx, spec.length, first, last)
    }
  }

  /// Computes `output = factors[row] · input + beta · output`, row by row.
  public func scaleRows(_ spec: RecurrentSpec, input: Operand, factors: Operand, beta: Float, output: Operand) {
    let (x, factor) = (input.values, factors.values)
    let y = output.room
    workers.split(spec.rows, bytes: spec.length * 8, multiple: 1) { first, last in
      for row in first..<last {
        let target = y + row * spec.length
        if factor[row] != 0 {
          caffe_axpby(factor[row], x + row * spec.length, beta, target, spec.length)
        } else if beta != 0 {
          caffe_axpby(beta, target, 0, target, spec.length)
        } else {
          target.update(repeating: 0, count: spec.length)
        }
      }
    }
  }
}

extension Operand {
  fileprivate var values: UnsafePointer<Float> { buffer.hostForReading() + offset }
  /// Room for values; others in the buffer stay.
  fileprivate var room: UnsafeMutablePointer<Float> { buffer.hostForUpdating() + offset }
}
