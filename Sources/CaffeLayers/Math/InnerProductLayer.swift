import CaffeCore
import CaffeNet
import CaffeProto

/// A fully connected layer: y = W x + b for each vector x of the batch.
///
/// Bottom: `d₀ × … × d_axis × …`; the axes from `axis` on, K values, are one vector. Top: the axes before `axis`, then
/// `num_output`.
///
/// `inner_product_param`:
/// - `num_output` (required): values in an output vector, N.
/// - `axis` (1): the first axis of a vector; negative ones count from the end.
/// - `bias_term` (true): whether b is added.
/// - `transpose` (false): whether W is kept as K × N in place of N × K.
/// - `weight_filler`, `bias_filler` (constant 0): the first values.
///
/// Parameters: W of N × K, b of N.
///
/// Gradient: dx = Wᵀ dy; dW += dy xᵀ and db += dy, summed over the batch.
///
/// Errors: `num_output` 0; no such axis; vectors of another size than before.
///
/// Source: Caffe's InnerProduct.
///
/// ```
/// layer {
///   name: "ip1"
///   type: "InnerProduct"
///   bottom: "x"
///   top: "y"
///   inner_product_param { num_output: 10 weight_filler { type: "xavier" } }
/// }
/// ```
package final class InnerProductLayer: Layer {
  private struct Spec {
    var outputs: Int
    var axis: Int
    var hasBias: Bool
    var transposed: Bool
    var weightFiller: Filler
    var biasFiller: Filler
  }

  package override class var typeName: String { "InnerProduct" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var reshapesByShapesAlone: Bool { true }

  private let spec: Spec
  private var inputs = 0
  private var cache = PlanCache<InnerProductSpec, any InnerProductPlan>()

  /// Checks `inner_product_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.innerProductParam
    guard message.numOutput > 0, message.numOutput <= UInt32(Int32.max) else {
      throw CaffeError(
        .field, "num_output is \(message.numOutput); give the number of output values, 1 or more", layer: parameter.name
      )
    }
    spec = Spec(
      outputs: Int(message.numOutput), axis: Int(message.axis), hasBias: message.biasTerm,
      transposed: message.transpose,
      weightFiller: try Filler(message.weightFiller, layer: parameter.name),
      biasFiller: try Filler(message.biasFiller, layer: parameter.name))
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    inputs = shape.count(from: try shape.canonicalAxis(spec.axis))
    let weights = try Shape(validating: spec.transposed ? [inputs, spec.outputs] : [spec.outputs, inputs])
    blobs = [try makeParameter(weights, spec.weightFiller, purpose: "weights")]
    if spec.hasBias { blobs.append(try makeParameter([spec.outputs], spec.biasFiller, purpose: "bias")) }
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    let axis = try shape.canonicalAxis(spec.axis)
    let count = shape.count(from: axis)
    guard count == inputs else {
      throw error(
        .shape,
        "bottom 0 has the shape \(shape), \(count) values from axis \(axis) on; its weights of shape "
          + "\(blobs[0].shape) need \(inputs): keep that part of the input's shape")
    }
    let output = try Shape(validating: Array(shape.extents[..<axis]) + [spec.outputs])
    top[0].reshape(to: output)
    let geometry = InnerProductSpec(
      rows: shape.count(from: 0, to: axis), inputs: inputs, outputs: spec.outputs, transposedWeights: spec.transposed)
    try cache.prepare(geometry) { try engine.planInnerProduct($0) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    cache.plan?.forward(
      input: bottom[0].data, weights: blobs[0].data, bias: spec.hasBias ? blobs[1].data : nil, output: top[0].data)
  }

  package override func operations(bottom: [Blob], top: [Blob]) -> Int { 2 * top[0].count * inputs }

  package override var computedBy: String? { cache.plan?.method }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    let weightGradient = wantsGradient(ofParameter: 0) ? blobs[0].diff : nil
    let biasGradient = spec.hasBias && wantsGradient(ofParameter: 1) ? blobs[1].diff : nil
    if weightGradient != nil || biasGradient != nil {
      cache.plan?.backwardParameters(
        input: bottom[0].data, outputGradient: top[0].diff, weightGradient: weightGradient, biasGradient: biasGradient)
    }
    if propagateDown[0] {
      cache.plan?.backwardData(
        outputGradient: top[0].diff, weights: blobs[0].data, inputGradient: bottom[0].diff)
    }
  }
}
