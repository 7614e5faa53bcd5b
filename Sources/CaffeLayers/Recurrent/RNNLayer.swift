import CaffeCore
import CaffeNet
import CaffeProto

/// A plain recurrent net over sequences, many side by side.
///
/// h = tanh(W x + b + Ws s + U (k · h′)), o = tanh(V h + v), where h′ is that of the step before.
///
/// Bottoms: x, T × N × …, T time steps of N sequences; k (`cont`), T × N, 0 where a sequence begins, otherwise 1; if wanted, s, a
/// static input, N × …, the same at all steps; with `expose_hidden` the h to start with, 1 × N × D.
/// Tops: o of all steps, T × N × D; with `expose_hidden` h of the last step, 1 × N × D.
///
/// `recurrent_param`:
/// - `num_output` (required): D, the hidden values of a sequence, and its outputs.
/// - `weight_filler`, `bias_filler` (constant 0): the first values.
/// - `expose_hidden` (false): whether h comes from a bottom and goes to a top; otherwise a batch goes on from where the one before
///   ended, with zeros first.
/// - `debug_info` (false): read, without effect.
///
/// Parameters: W of D × inputs, b of D, with a static input Ws of D × its values, U and V of D × D, v of D.
///
/// Gradient: through all T steps, not beyond the batch. k has none. As in Caffe, what reaches the exposed last h from above is left
/// out.
///
/// Errors: `num_output` 0; numbers of bottoms or tops that don't fit; shapes that don't; a gradient for k.
///
/// Source: Caffe's RNN. Unlike there, the number of time steps may change between batches, and the h to start with gets a
/// gradient.
///
/// ```
/// layer {
///   name: "rnn"
///   type: "RNN"
///   bottom: "x"
///   bottom: "cont"
///   top: "o"
///   recurrent_param { num_output: 64 weight_filler { type: "xavier" } }
/// }
/// ```
package final class RNNLayer: RecurrentLayer {
  package override class var typeName: String { "RNN" }

  /// Of all steps. Outputs are kept apart from the top, which a layer after this one may change in-place.
  private let hidden = Buffer()
  private let hiddenGradient = Buffer()
  private let outputs = Buffer()
  private let outputGradient = Buffer()
  /// Hidden values of one step and their gradient.
  private let stepHidden = Buffer()
  private let stepGradient = Buffer()
  private var outputPlan = PlanCache<InnerProductSpec, any InnerProductPlan>()

  /// The parameter of the outputs' projection; its bias follows.
  private var outputIndex: Int { recurrentIndex + 1 }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    try super.setUp(bottom: bottom, top: top)
    blobs.append(try weights(spec.outputs, spec.outputs, "output weights"))
    blobs.append(try makeParameter([spec.outputs], spec.biasFiller, purpose: "output bias"))
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try super.reshape(bottom: bottom, top: top)
    let count = sizes.steps * sizes.step
    for buffer in [hidden, hiddenGradient, outputs, outputGradient] { buffer.resize(to: count) }
    for buffer in [stepHidden, stepGradient] { buffer.resize(to: sizes.step) }
    let geometry = InnerProductSpec(rows: sizes.steps * sizes.rows, inputs: sizes.outputs, outputs: sizes.outputs)
    try outputPlan.prepare(geometry) { try engine.planInnerProduct($0) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    start(bottom)
    for step in 0..<sizes.steps {
      addRecurrentPart(step, hidden: hidden, bottom: bottom)
      engine.copyBlocks(fromStep(step), from: projected, to: stepHidden)
      engine.map(.tanh, input: stepHidden, output: stepHidden, count: sizes.step)
      engine.copyBlocks(fromStep(step).reversed, from: stepHidden, to: hidden)
    }
    outputPlan.plan?.forward(
      input: hidden, weights: blobs[outputIndex].data, bias: blobs[outputIndex + 1].data, output: outputs)
    engine.map(.tanh, input: outputs, output: outputs, count: top[0].count)
    engine.copy(outputs, to: top[0].data, count: top[0].count)
    finish([hidden], top: top)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    try checkGradients(propagateDown)
    backwardOutputs(top)
    for step in (0..<sizes.steps).reversed() {
      collectHiddenGradient(step, tops: hiddenGradient, bottom: bottom, into: stepGradient)
      engine.copyBlocks(fromStep(step), from: hidden, to: stepHidden)
      engine.mapBackward(
        .tanh, input: stepHidden, output: stepHidden, outputGradient: stepGradient, inputGradient: stepGradient,
        count: sizes.step)
      engine.copyBlocks(fromStep(step).reversed, from: stepGradient, to: projectedGradient)
      passToStepBefore(step)
    }
    finishBackward(propagateDown, bottom: bottom)
  }

  /// The gradients of the outputs' projection and of all hidden values by it.
  private func backwardOutputs(_ top: [Blob]) {
    engine.mapBackward(
      .tanh, input: outputs, output: outputs, outputGradient: top[0].diff, inputGradient: outputGradient,
      count: top[0].count)
    let gradients = [outputIndex, outputIndex + 1].map { wantsGradient(ofParameter: $0) ? blobs[$0].diff : nil }
    if gradients[0] != nil || gradients[1] != nil {
      outputPlan.plan?.backwardParameters(
        input: hidden, outputGradient: outputGradient, weightGradient: gradients[0], biasGradient: gradients[1])
    }
    outputPlan.plan?.backwardData(
      outputGradient: outputGradient, weights: blobs[outputIndex].data, inputGradient: hiddenGradient)
  }
}
