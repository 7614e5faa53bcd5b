import CaffeCore
import CaffeNet
import CaffeProto

/// Whether each value is above a threshold: y = 1 where x > threshold, otherwise 0.
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `threshold_param`:
/// - `threshold` (0): what x is compared with.
///
/// Gradient: none.
///
/// Errors: a loss that depends on the bottom through this layer.
///
/// Source: Caffe's Threshold.
///
/// ```
/// layer {
///   name: "threshold1"
///   type: "Threshold"
///   bottom: "x"
///   top: "y"
///   threshold_param { threshold: 0.5 }
/// }
/// ```
package final class ThresholdLayer: UnaryLayer {
  package override class var typeName: String { "Threshold" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    .threshold(parameter.thresholdParam.threshold)
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard !propagateDown.contains(true) else { throw noGradient("a Threshold layer has no gradient") }
  }
}
