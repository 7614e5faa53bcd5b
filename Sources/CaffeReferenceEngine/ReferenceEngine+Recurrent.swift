import CaffeCore
import Foundation

extension ReferenceEngine: RecurrentOps {
  /// Computes a step of long short-term memory.
  public func lstmUnit(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    hidden: Operand
  ) {
    let held = previousCell.values
    let x = gates.values
    let goesOn = continuation.values
    let c = cell.room
    let h = hidden.room
    for row in 0..<spec.rows {
      for d in 0..<spec.length {
        let at = row * spec.length + d
        let gate = Gates(x + row * 4 * spec.length + d, length: spec.length)
        let kept = goesOn[row] == 0 ? 0 : Double(goesOn[row]) * gate.forget * Double(held[at])
        let value = kept + gate.input * gate.candidate
        c[at] = Float(value)
        h[at] = Float(gate.output * tanh(value))
      }
    }
  }

  /// Computes the gradients of the previous cells and of the gates.
  public func lstmUnitBackward(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    cellGradient: Operand, hiddenGradient: Operand, previousCellGradient: Operand?, gateGradient: Operand?
  ) {
    let (held, x, goesOn, c) = (previousCell.values, gates.values, continuation.values, cell.values)
    let (dc, dh) = (cellGradient.values, hiddenGradient.values)
    let heldGradient = previousCellGradient?.room
    let dx = gateGradient?.room
    for row in 0..<spec.rows {
      for d in 0..<spec.length {
        let at = row * spec.length + d
        let first = row * 4 * spec.length + d
        let gate = Gates(x + first, length: spec.length)
        let bent = tanh(Double(c[at]))
        let gradient = Double(dc[at]) + Double(dh[at]) * gate.output * (1 - bent * bent)
        let k = Double(goesOn[row])
        let before = k == 0 ? 0 : Double(held[at])
        heldGradient?[at] = Float(gradient * k * gate.forget)
        guard let dx else { continue }
        dx[first] = Float(gradient * gate.candidate * gate.input * (1 - gate.input))
        dx[first + spec.length] = Float(gradient * k * before * gate.forget * (1 - gate.forget))
        dx[first + 2 * spec.length] = Float(Double(dh[at]) * bent * gate.output * (1 - gate.output))
        dx[first + 3 * spec.length] = Float(gradient * gate.input * (1 - gate.candidate * gate.candidate))
      }
    }
  }

  /// Computes `output = factors[row] · input + beta · output`, row by row.
  public func scaleRows(_ spec: RecurrentSpec, input: Operand, factors: Operand, beta: Float, output: Operand) {
    let x = input.values
    let factor = factors.values
    let y = output.room
    for row in 0..<spec.rows {
      for i in row * spec.length..<(row + 1) * spec.length {
        let new = factor[row] == 0 ? 0 : Double(factor[row]) * Double(x[i])
        y[i] = Float(new + (beta == 0 ? 0 : Double(beta) * Double(y[i])))
      }
    }
  }
}

/// The four gates of a cell, bent.
private struct Gates {
  let input: Double
  let forget: Double
  let output: Double
  let candidate: Double

  init(_ x: UnsafePointer<Float>, length: Int) {
    func logistic(_ x: Float) -> Double { 1 / (1 + exp(-Double(x))) }
    input = logistic(x[0])
    forget = logistic(x[length])
    output = logistic(x[2 * length])
    candidate = tanh(Double(x[3 * length]))
  }
}

extension Operand {
  fileprivate var values: UnsafePointer<Float> { buffer.hostForReading() + offset }
  /// Room for values; others in the buffer stay.
  fileprivate var room: UnsafeMutablePointer<Float> { buffer.hostForUpdating() + offset }
}
