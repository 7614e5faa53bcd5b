import CaffeCore
import CaffeNet
import CaffeProto

/// Several axes made one.
///
/// Bottom: `d₀ × d₁ × …`; top: the same values with the axes from `axis` to `end_axis` as one. It shares the bottom's memory.
///
/// `flatten_param`:
/// - `axis` (1): the first axis of those made one; negative ones count from the end.
/// - `end_axis` (−1): the last.
///
/// Gradient: dx = dy.
///
/// Errors: no such axes; `axis` after `end_axis`.
///
/// Source: Caffe's Flatten.
///
/// ```
/// layer {
///   name: "flat"
///   type: "Flatten"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class FlattenLayer: Layer {
  package override class var typeName: String { "Flatten" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let axis: Int
  private let endAxis: Int

  /// Keeps `flatten_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    axis = Int(parameter.flattenParam.axis)
    endAxis = Int(parameter.flattenParam.endAxis)
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    let first = try shape.canonicalAxis(axis)
    let last = try shape.canonicalAxis(endAxis)
    guard first <= last else {
      throw error(
        .value, "axis \(axis) comes after end_axis \(endAxis) in the shape \(shape); give them in order")
    }
    let flat = shape.count(from: first, to: last + 1)
    top[0].reshape(to: Shape(Array(shape.extents[..<first]) + [flat] + Array(shape.extents[(last + 1)...])))
    top[0].shareData(with: bottom[0])
    top[0].shareDiff(with: bottom[0])
  }
}
