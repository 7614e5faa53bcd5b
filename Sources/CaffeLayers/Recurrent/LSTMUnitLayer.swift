import CaffeCore
import CaffeNet
import CaffeProto

/// One time step of long short-term memory.
///
/// c = k · σ(f) · c′ + σ(i) · tanh g, h = σ(o) · tanh c, where k is 0 where a sequence begins, otherwise 1.
///
/// Bottoms: the cells before, c′, 1 × N × D; the gates, 1 × N × 4D, in the order i, f, o, g; k, 1 × N.
/// Tops: the cells c and the hidden values h, 1 × N × D.
///
/// No parameters.
///
/// Gradient: of the cells before and of the gates, by the chain rule. k has none.
///
/// Errors: another number of axes; more than one time step; extents that don't fit; a gradient for k.
///
/// Source: Caffe's LSTMUnit; Hochreiter and Schmidhuber, "Long short-term memory", 1997.
///
/// ```
/// layer {
///   name: "unit"
///   type: "LSTMUnit"
///   bottom: "c_before"
///   bottom: "gates"
///   bottom: "cont"
///   top: "c"
///   top: "h"
/// }
/// ```
package final class LSTMUnitLayer: Layer {
  package override class var typeName: String { "LSTMUnit" }
  package override class var ports: Ports { Ports(bottoms: 3...3, tops: 2...2) }

  private var geometry = RecurrentSpec(rows: 0, length: 0)

  package override func allowsForcedBackward(to index: Int) -> Bool { index != 2 }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    guard shape.axisCount == 3, shape[0] == 1 else {
      throw error(.shape, "bottom 0, the cells before, has the shape \(shape); expected 1 × sequences × cells")
    }
    let (rows, length) = (shape[1], shape[2])
    let (gates, overflow) = length.multipliedReportingOverflow(by: 4)
    guard !overflow, bottom[1].shape.extents == [1, rows, gates] else {
      throw error(
        .shape,
        "bottom 1, the gates, has the shape \(bottom[1].shape), but bottom 0 has \(shape); expected 1 × \(rows) × 4 · \(length)"
      )
    }
    guard bottom[2].shape.extents == [1, rows] else {
      throw error(
        .shape,
        "bottom 2, where sequences go on, has the shape \(bottom[2].shape), but bottom 0 has \(shape); expected 1 × \(rows)"
      )
    }
    geometry = RecurrentSpec(rows: rows, length: length)
    for blob in top { blob.reshape(to: shape) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.lstmUnit(
      geometry, previousCell: Operand(bottom[0].data), gates: Operand(bottom[1].data),
      continuation: Operand(bottom[2].data), cell: Operand(top[0].data), hidden: Operand(top[1].data))
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[2] { throw noGradient("where sequences go on (bottom 2 of an LSTMUnit) has no gradient") }
    guard propagateDown[0] || propagateDown[1] else { return }
    engine.lstmUnitBackward(
      geometry, previousCell: Operand(bottom[0].data), gates: Operand(bottom[1].data),
      continuation: Operand(bottom[2].data), cell: Operand(top[0].data), cellGradient: Operand(top[0].diff),
      hiddenGradient: Operand(top[1].diff),
      previousCellGradient: propagateDown[0] ? Operand(bottom[0].diff) : nil,
      gateGradient: propagateDown[1] ? Operand(bottom[1].diff) : nil)
  }
}
