import CaffeCore
import CaffeNet
import CaffeProto

/// The hyperbolic tangent: y = tanh x.
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `tanh_param`: `engine` is accepted and means nothing.
///
/// Gradient: dx = (1 − y²) dy.
///
/// Source: Caffe's TanH.
///
/// ```
/// layer {
///   name: "tanh1"
///   type: "TanH"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class TanHLayer: UnaryLayer {
  package override class var typeName: String { "TanH" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .tanh
  }
}
