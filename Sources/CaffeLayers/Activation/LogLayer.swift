import CaffeCore
import CaffeNet
import CaffeProto

/// A logarithm: y = log_base(shift + scale · x).
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `log_param`:
/// - `base` (−1, which stands for e): greater than 0 and not 1.
/// - `scale` (1): the factor of x.
/// - `shift` (0): what is added.
///
/// Gradient: dx = scale / (ln(base) · (shift + scale · x)) · dy.
///
/// Errors: a base that is neither −1 nor above 0, or is 1.
///
/// Source: Caffe's Log.
///
/// ```
/// layer {
///   name: "log1"
///   type: "Log"
///   bottom: "x"
///   top: "y"
///   log_param { base: 10 shift: 1 }
/// }
/// ```
package final class LogLayer: UnaryLayer {
  package override class var typeName: String { "Log" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    let logarithm = parameter.logParam
    let logBase = try naturalLogarithm(ofBase: logarithm.base, field: "log_param.base")
    guard logBase != 0 else {
      throw CaffeError(.value, "log_param.base is 1, to which there is no logarithm; give -1 for e or another base")
    }
    return .logarithm(
      baseScale: Float(1 / logBase), inputScale: logarithm.scale, inputShift: logarithm.shift)
  }
}
