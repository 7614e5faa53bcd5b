import CaffeCore
import CaffeNet
import CaffeProto

/// One blob cut into several along an axis.
///
/// One bottom; one top or more, of its shape but for the extent of `axis`, which add up to the bottom's.
///
/// `slice_param`:
/// - `axis` (1): the axis; negative ones count from the end.
/// - `slice_dim`: the older name of it, from 0 on.
/// - `slice_point` (equal parts): where each top but the first begins, one fewer than tops.
///
/// Gradient: dx is the tops' gradients one after the other.
///
/// Errors: an extent that can't be cut into equal parts; points that are too many, too few, out of order or beyond the extent.
///
/// Source: Caffe's Slice.
///
/// ```
/// layer {
///   name: "slice"
///   type: "Slice"
///   bottom: "x"
///   top: "a"
///   top: "b"
///   slice_param { axis: 1 slice_point: 1 }
/// }
/// ```
package final class SliceLayer: Layer {
  private struct Spec {
    var axis: Int
    var points: [Int]
  }

  package override class var typeName: String { "Slice" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...Int.max) }

  private let spec: Spec
  private var copies: [BlockCopySpec] = []

  /// Checks `slice_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.sliceParam
    guard !(message.hasAxis && message.hasSliceDim) else {
      throw CaffeError(
        .field, "slice_param has both axis and slice_dim, its older name; keep axis", layer: parameter.name)
    }
    spec = Spec(
      axis: message.hasSliceDim ? Int(message.sliceDim) : Int(message.axis), points: message.slicePoint.map { Int($0) })
    guard spec.points.isEmpty || spec.points.count == parameter.top.count - 1 else {
      throw CaffeError(
        .field,
        "slice_param has \(spec.points.count) slice_point for \(parameter.top.count) tops; give \(parameter.top.count - 1) or "
          + "none", layer: parameter.name)
    }
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    let axis = try shape.canonicalAxis(spec.axis)
    let parts = try parts(of: shape, axis: axis, tops: top.count)
    for (blob, extent) in zip(top, parts) {
      var extents = shape.extents
      extents[axis] = extent
      blob.reshape(to: Shape(extents))
    }
    copies = BlockCopySpec.parts(of: shape, axis: axis, extents: parts)
  }

  private func parts(of shape: Shape, axis: Int, tops: Int) throws -> [Int] {
    if spec.points.isEmpty {
      guard shape[axis] % tops == 0 else {
        throw error(
          .shape,
          "bottom 0 has the shape \(shape), whose extent \(shape[axis]) of axis \(axis) can't be cut into \(tops) equal parts; "
            + "give slice_point")
      }
      return Array(repeating: shape[axis] / tops, count: tops)
    }
    let bounds = [0] + spec.points + [shape[axis]]
    guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw error(
        .shape,
        "slice_point \(spec.points) doesn't cut the extent \(shape[axis]) of axis \(axis) in the shape \(shape); points must grow "
          + "and lie inside it")
    }
    return zip(bounds, bounds.dropFirst()).map { $1 - $0 }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    for (blob, part) in zip(top, copies) { engine.copyBlocks(part, from: bottom[0].data, to: blob.data) }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    for (blob, part) in zip(top, copies) { engine.copyBlocks(part.reversed, from: blob.diff, to: bottom[0].diff) }
  }
}
