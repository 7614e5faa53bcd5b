import CaffeCore
import CaffeNet
import CaffeProto

/// Each value held between two bounds: y = min(max(x, min), max).
///
/// One bottom of any shape; one top of the same shape. May run in-place.
///
/// `clip_param`:
/// - `min` (required): the lower bound.
/// - `max` (required): the upper bound.
///
/// Gradient: dx = dy where min ≤ x ≤ max, otherwise 0.
///
/// Errors: a bound that is missing; min above max.
///
/// Source: Caffe's Clip.
///
/// ```
/// layer {
///   name: "clip1"
///   type: "Clip"
///   bottom: "x"
///   top: "y"
///   clip_param { min: -1 max: 1 }
/// }
/// ```
package final class ClipLayer: UnaryLayer {
  package override class var typeName: String { "Clip" }

  override class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    let clip = parameter.clipParam
    guard clip.hasMin, clip.hasMax else {
      throw CaffeError(.field, "clip_param needs both min and max; \(clip.hasMin ? "max" : "min") is missing")
    }
    guard clip.min <= clip.max else {
      throw CaffeError(.value, "clip_param has min \(clip.min) above max \(clip.max); swap them")
    }
    return .clip(minimum: clip.min, maximum: clip.max)
  }
}
