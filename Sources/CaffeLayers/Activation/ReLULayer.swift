import CaffeCore
import CaffeNet
import CaffeProto

/// The rectifier: y = max(x, 0) + negative_slope · min(x, 0).
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `relu_param`:
/// - `negative_slope` (0): the slope below 0.
/// - `engine`: accepted, means nothing.
///
/// Gradient: dx = dy where x > 0, otherwise negative_slope · dy.
///
/// Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010; Caffe's ReLU.
///
/// ```
/// layer {
///   name: "relu1"
///   type: "ReLU"
///   bottom: "x"
///   top: "y"
///   relu_param { negative_slope: 0.1 }
/// }
/// ```
package final class ReLULayer: UnaryLayer {
  package override class var typeName: String { "ReLU" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .relu(negativeSlope: parameter.reluParam.negativeSlope)
  }
}
