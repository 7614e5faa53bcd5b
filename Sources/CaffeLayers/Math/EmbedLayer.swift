import CaffeCore
import CaffeNet
import CaffeProto

/// A learned vector for each index, a word of a vocabulary for instance: y[i…] = W[x[i…]] + b.
///
/// Bottom: whole numbers from 0 to `input_dim` − 1, of any shape. Top: that shape, then `num_output`.
///
/// `embed_param`:
/// - `num_output` (required): values of a vector, N.
/// - `input_dim` (required): how many vectors there are, K.
/// - `bias_term` (true): whether b is added.
/// - `weight_filler`, `bias_filler` (constant 0): the first values.
///
/// Parameters: W of K × N, b of N.
///
/// Gradient: dW[x[i]] += dy[i], db += Σ dy. The indices have none.
///
/// Errors: `num_output` or `input_dim` 0; an index that isn't a whole number from 0 to K − 1; a gradient for the indices.
///
/// Source: Caffe's Embed. Unlike there, indices are always checked.
///
/// ```
/// layer {
///   name: "embed"
///   type: "Embed"
///   bottom: "word"
///   top: "vector"
///   embed_param { num_output: 100 input_dim: 5000 weight_filler { type: "uniform" min: -0.1 max: 0.1 } }
/// }
/// ```
package final class EmbedLayer: Layer {
  private struct Spec {
    var outputs: Int
    var inputs: Int
    var weightFiller: Filler
    /// Nothing where no bias is added.
    var biasFiller: Filler?
  }

  package override class var typeName: String { "Embed" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let spec: Spec
  private var geometry = RowIndexSpec(rows: 0, length: 0, indices: 0)

  /// Checks `embed_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.embedParam
    for (name, value) in [("num_output", message.numOutput), ("input_dim", message.inputDim)] {
      guard value > 0, value <= UInt32(Int32.max) else {
        throw CaffeError(.field, "\(name) is \(value); give 1 or more, at most \(Int32.max)", layer: parameter.name)
      }
    }
    spec = Spec(
      outputs: Int(message.numOutput), inputs: Int(message.inputDim),
      weightFiller: try Filler(message.weightFiller, layer: parameter.name),
      biasFiller: message.biasTerm ? try Filler(message.biasFiller, layer: parameter.name) : nil)
    try super.init(parameter, context: context)
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    let weights = try Shape(validating: [spec.inputs, spec.outputs])
    blobs = [try makeParameter(weights, spec.weightFiller, purpose: "weights")]
    if let filler = spec.biasFiller { blobs.append(try makeParameter([spec.outputs], filler, purpose: "bias")) }
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    top[0].reshape(to: try Shape(validating: bottom[0].shape.extents + [spec.outputs]))
    geometry = RowIndexSpec(rows: spec.inputs, length: spec.outputs, indices: bottom[0].count)
  }

  private var outputs: ChannelSpec { ChannelSpec(outer: geometry.indices, channels: spec.outputs, inner: 1) }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    try checkingIndices(ofBottom: 0) {
      try engine.gatherRows(geometry, rows: blobs[0].data, indices: bottom[0].data, output: top[0].data)
    }
    guard spec.biasFiller != nil else { return }
    engine.scaleChannels(outputs, input: top[0].data, scale: nil, shift: blobs[1].data, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[0] { throw noGradient("the indices (bottom 0) of an Embed have no gradient") }
    if wantsGradient(ofParameter: 0) {
      try checkingIndices(ofBottom: 0) {
        try engine.scatterAddRows(geometry, values: top[0].diff, indices: bottom[0].data, into: blobs[0].diff)
      }
    }
    if wantsGradient(ofParameter: 1) {
      engine.sumChannels(outputs, top[0].diff, times: nil, alpha: 1, beta: 1, into: blobs[1].diff)
    }
  }
}
