import CaffeCore
import CaffeNet
import CaffeProto

/// The exponential linear unit: y = x where x > 0, otherwise alpha · (eˣ − 1).
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `elu_param`:
/// - `alpha` (1): minus the value that y nears for very negative x.
///
/// Gradient: dx = dy where x > 0, otherwise (y + alpha) dy.
///
/// Source: Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2015; Caffe's ELU.
///
/// ```
/// layer {
///   name: "elu1"
///   type: "ELU"
///   bottom: "x"
///   top: "y"
///   elu_param { alpha: 0.5 }
/// }
/// ```
package final class ELULayer: UnaryLayer {
  package override class var typeName: String { "ELU" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .elu(alpha: parameter.eluParam.alpha)
  }
}
