import CaffeCore
import CaffeNet
import CaffeProto

/// The magnitude of each value: y = |x|.
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// No parameters.
///
/// Gradient: dx = sign(x) · dy, and 0 where x is 0.
///
/// Source: Caffe's AbsVal. In-place, Caffe's gradient is wrong for negative values; here the input is kept for it.
///
/// ```
/// layer {
///   name: "absval1"
///   type: "AbsVal"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class AbsValLayer: UnaryLayer {
  package override class var typeName: String { "AbsVal" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .absoluteValue
  }
}
