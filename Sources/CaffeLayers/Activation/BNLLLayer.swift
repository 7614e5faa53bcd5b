import CaffeCore
import CaffeNet
import CaffeProto

/// A smooth rectifier: y = ln(1 + eˣ), without overflow for any x.
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// No parameters.
///
/// Gradient: dx = dy / (1 + e⁻ˣ).
///
/// Source: Caffe's BNLL (binomial normal log likelihood). In-place, Caffe's gradient is wrong; here the input is kept for it.
///
/// ```
/// layer {
///   name: "bnll1"
///   type: "BNLL"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class BNLLLayer: UnaryLayer {
  package override class var typeName: String { "BNLL" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .bnll
  }
}
