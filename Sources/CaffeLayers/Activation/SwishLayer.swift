import CaffeCore
import CaffeNet
import CaffeProto

/// A rectifier with a smooth gate: y = x / (1 + e^(−beta · x)).
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `swish_param`:
/// - `beta` (1): how steep the gate is.
///
/// Gradient: with s = 1 / (1 + e^(−beta · x)), dx = (s + beta · y (1 − s)) dy.
///
/// Source: Ramachandran et al., "Searching for activation functions", 2017; Caffe's Swish.
///
/// ```
/// layer {
///   name: "swish1"
///   type: "Swish"
///   bottom: "x"
///   top: "y"
///   swish_param { beta: 2 }
/// }
/// ```
package final class SwishLayer: UnaryLayer {
  package override class var typeName: String { "Swish" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .swish(beta: parameter.swishParam.beta)
  }
}
