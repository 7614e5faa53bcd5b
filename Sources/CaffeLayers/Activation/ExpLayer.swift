import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

/// An exponential: y = base^(shift + scale · x).
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `exp_param`:
/// - `base` (−1, which stands for e): greater than 0.
/// - `scale` (1): the factor of x.
/// - `shift` (0): what is added to the exponent.
///
/// Gradient: dx = ln(base) · scale · y · dy.
///
/// Errors: a base that is neither −1 nor above 0.
///
/// Source: Caffe's Exp.
///
/// ```
/// layer {
///   name: "exp1"
///   type: "Exp"
///   bottom: "x"
///   top: "y"
///   exp_param { base: 2 scale: 0.5 }
/// }
/// ```
package final class ExpLayer: UnaryLayer {
  package override class var typeName: String { "Exp" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    let exponential = parameter.expParam
    let logBase = try naturalLogarithm(ofBase: exponential.base, field: "exp_param.base")
    let innerScale = Float(logBase * Double(exponential.scale))
    let outerScale = Float(exp(logBase * Double(exponential.shift)))
    return .exponential(innerScale: innerScale, outerScale: outerScale)
  }
}
