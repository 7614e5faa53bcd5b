import CaffeCore
import CaffeNet
import CaffeProto

/// The logistic function: y = 1 / (1 + e⁻ˣ).
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `sigmoid_param`: `engine` is accepted and means nothing.
///
/// Gradient: dx = y (1 − y) dy.
///
/// Source: Caffe's Sigmoid.
///
/// ```
/// layer {
///   name: "sigmoid1"
///   type: "Sigmoid"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class SigmoidLayer: UnaryLayer {
  package override class var typeName: String { "Sigmoid" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .sigmoid
  }
}
