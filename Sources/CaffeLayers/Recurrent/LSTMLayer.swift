import CaffeCore
import CaffeNet
import CaffeProto

/// Long short-term memory over sequences, many side by side.
///
/// Gates = W x + b + Ws s + U (k · h′); c = k · σ(f) · c′ + σ(i) · tanh g; h = σ(o) · tanh c, where h′ and c′ are those of the step
/// before and the gates are in the order i, f, o, g.
///
/// Bottoms: x, T × N × …, T time steps of N sequences; k (`cont`), T × N, 0 where a sequence begins, otherwise 1; if wanted, s, a
/// static input, N × …, the same at all steps; with `expose_hidden` the h and c to start with, 1 × N × D.
/// Tops: h of all steps, T × N × D; with `expose_hidden` h and c of the last step, 1 × N × D.
///
/// `recurrent_param`:
/// - `num_output` (required): D, the hidden values of a sequence.
/// - `weight_filler`, `bias_filler` (constant 0): the first values.
/// - `expose_hidden` (false): whether states come from bottoms and go to tops; otherwise a batch goes on from where the one before
///   ended, with zeros first.
/// - `debug_info` (false): read, without effect.
///
/// Parameters: W of 4D × inputs, b of 4D, with a static input Ws of 4D × its values, U of 4D × D.
///
/// Gradient: through all T steps, not beyond the batch. k has none. As in Caffe, what reaches the exposed last h and c from above is
/// left out.
///
/// Errors: `num_output` 0; numbers of bottoms or tops that don't fit; shapes that don't; a gradient for k.
///
/// Source: Caffe's LSTM; Donahue et al., "Long-term recurrent convolutional networks for visual recognition and description", 2015.
/// Unlike in Caffe, the number of time steps may change between batches, and the states to start with get a gradient.
///
/// ```
/// layer {
///   name: "lstm"
///   type: "LSTM"
///   bottom: "x"
///   bottom: "cont"
///   top: "h"
///   recurrent_param { num_output: 256 weight_filler { type: "xavier" } }
/// }
/// ```
package final class LSTMLayer: RecurrentLayer {
  package override class var typeName: String { "LSTM" }
  override class var stateCount: Int { 2 }
  override class var gateCount: Int { 4 }

  /// Of all steps. Hidden values are kept apart from the top, which a layer after this one may change in-place.
  private let hidden = Buffer()
  private let cells = Buffer()
  /// Gradients of one step.
  private let hiddenGradient = Buffer()
  private let cellGradient = Buffer()

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try super.reshape(bottom: bottom, top: top)
    for buffer in [hidden, cells] { buffer.resize(to: sizes.steps * sizes.step) }
    for buffer in [hiddenGradient, cellGradient] { buffer.resize(to: sizes.step) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    start(bottom)
    for step in 0..<sizes.steps {
      addRecurrentPart(step, hidden: hidden, bottom: bottom)
      engine.lstmUnit(
        rows, previousCell: cellsBefore(step), gates: projectedPlace(step), continuation: goesOn(bottom, step),
        cell: place(cells, step), hidden: place(hidden, step))
    }
    engine.copy(hidden, to: top[0].data, count: top[0].count)
    finish([hidden, cells], top: top)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    try checkGradients(propagateDown)
    engine.fill(cellGradient, count: sizes.step, with: 0)
    for step in (0..<sizes.steps).reversed() {
      collectHiddenGradient(step, tops: top[0].diff, bottom: bottom, into: hiddenGradient)
      engine.lstmUnitBackward(
        rows, previousCell: cellsBefore(step), gates: projectedPlace(step), continuation: goesOn(bottom, step),
        cell: place(cells, step), cellGradient: Operand(cellGradient), hiddenGradient: Operand(hiddenGradient),
        previousCellGradient: Operand(cellGradient),
        gateGradient: Operand(projectedGradient, offset: step * sizes.projectedStep))
      passToStepBefore(step)
    }
    finishBackward(propagateDown, bottom: bottom)
    if spec.exposesHidden, propagateDown[firstStateBottom + 1] {
      engine.copy(cellGradient, to: bottom[firstStateBottom + 1].diff, count: sizes.step)
    }
  }

  private func place(_ buffer: Buffer, _ step: Int) -> Operand { Operand(buffer, offset: step * sizes.step) }

  private func cellsBefore(_ step: Int) -> Operand {
    step == 0 ? Operand(startStates[1]) : place(cells, step - 1)
  }
}
