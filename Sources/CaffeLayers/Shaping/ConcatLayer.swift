import CaffeCore
import CaffeNet
import CaffeProto

/// Several blobs one after the other along an axis.
///
/// One bottom or more, of the same shape but for the extent of `axis`; the top's extent there is the sum of theirs.
///
/// `concat_param`:
/// - `axis` (1): the axis; negative ones count from the end.
/// - `concat_dim`: the older name of it, from 0 on.
///
/// Gradient: each bottom gets its part of dy.
///
/// Errors: shapes that differ elsewhere; both `axis` and `concat_dim`; no such axis.
///
/// Source: Caffe's Concat.
///
/// ```
/// layer {
///   name: "concat"
///   type: "Concat"
///   bottom: "a"
///   bottom: "b"
///   top: "y"
/// }
/// ```
package final class ConcatLayer: Layer {
  package override class var typeName: String { "Concat" }
  package override class var ports: Ports { Ports(bottoms: 1...Int.max, tops: 1...1) }
  package override class var reshapesByShapesAlone: Bool { true }

  private let axis: Int
  private var copies: [BlockCopySpec] = []

  /// Checks `concat_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.concatParam
    guard !(message.hasAxis && message.hasConcatDim) else {
      throw CaffeError(
        .field, "concat_param has both axis and concat_dim, its older name; keep axis", layer: parameter.name)
    }
    axis = message.hasConcatDim ? Int(message.concatDim) : Int(message.axis)
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let first = bottom[0].shape
    let axis = try first.canonicalAxis(self.axis)
    var extents = first.extents
    extents[axis] = 0
    for (index, blob) in bottom.enumerated() {
      var others = blob.shape.extents
      guard others.count == extents.count else { throw mismatch(index, blob, first, axis) }
      extents[axis] += others[axis]
      others[axis] = extents[axis]
      guard others == extents else { throw mismatch(index, blob, first, axis) }
    }
    let shape = try Shape(validating: extents)
    top[0].reshape(to: shape)
    copies = BlockCopySpec.parts(of: shape, axis: axis, extents: bottom.map { $0.shape[axis] })
  }

  private func mismatch(_ index: Int, _ blob: Blob, _ first: Shape, _ axis: Int) -> CaffeError {
    error(
      .shape,
      "bottom \(index) has the shape \(blob.shape), but bottom 0 has \(first); all extents but that of axis \(axis) must be "
        + "the same")
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    for (blob, part) in zip(bottom, copies) { engine.copyBlocks(part.reversed, from: blob.data, to: top[0].data) }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    for (index, part) in copies.enumerated() where propagateDown[index] {
      engine.copyBlocks(part, from: top[0].diff, to: bottom[index].diff)
    }
  }
}
