import CaffeCore
import CaffeNet
import CaffeProto

/// A learned blob that other layers read: y = w.
///
/// No bottoms; one top of the shape given. The top is a copy, so a layer that runs in-place on it doesn't change w.
///
/// `parameter_param`:
/// - `shape` (a scalar): the shape of w.
///
/// Parameter: w, at first 0.
///
/// Gradient: dw += dy.
///
/// Errors: negative extents; more values than memory can address.
///
/// Source: Caffe's Parameter. There the top shares the parameter's memory, so gradients of several passes don't add up.
///
/// ```
/// layer {
///   name: "w"
///   type: "Parameter"
///   top: "w"
///   parameter_param { shape { dim: 3 dim: 4 } }
/// }
/// ```
package final class ParameterLayer: Layer {
  package override class var typeName: String { "Parameter" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 1...1) }

  /// Makes the parameter of `parameter_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try super.init(parameter, context: context)
    blobs = [Blob(try shape(parameter.parameterParam.shape))]
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws { top[0].reshape(to: blobs[0].shape) }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.copy(blobs[0].data, to: top[0].data, count: top[0].count)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard wantsGradient(ofParameter: 0) else { return }
    engine.axpby(1, top[0].diff, 1, blobs[0].diff, count: top[0].count)
  }
}
