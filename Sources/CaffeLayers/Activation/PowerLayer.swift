import CaffeCore
import CaffeNet
import CaffeProto

/// A power of a line: y = (shift + scale · x)^power.
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `power_param`:
/// - `power` (1): the exponent.
/// - `scale` (1): the factor of x.
/// - `shift` (0): what is added.
///
/// Gradient: dx = power · scale · (shift + scale · x)^(power − 1) · dy.
///
/// Source: Caffe's Power.
///
/// ```
/// layer {
///   name: "power1"
///   type: "Power"
///   bottom: "x"
///   top: "y"
///   power_param { power: 2 scale: 0.5 shift: 1 }
/// }
/// ```
package final class PowerLayer: UnaryLayer {
  package override class var typeName: String { "Power" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    let power = parameter.powerParam
    return .power(power: power.power, scale: power.scale, shift: power.shift)
  }
}
