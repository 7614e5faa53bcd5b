import CaffeCore
import CaffeNet
import CaffeProto

/// Where the largest values are.
///
/// Bottom: any shape. Without `axis`, the `top_k` largest of each image's values: top `n × 1 × top_k`, their indices, or with `out_max_val`
/// `n × 2 × top_k`, the indices and then the values; axes of extent 1 follow where the bottom has more than three. With `axis`, those
/// along it: top of the bottom's shape with the extent `top_k` there, the indices, or with `out_max_val` the values. Largest first; of
/// equals the last.
///
/// `argmax_param`:
/// - `top_k` (1): how many.
/// - `out_max_val` (false): whether the values are wanted.
/// - `axis` (none): the axis to search along; negative ones count from the end.
///
/// Gradient: none.
///
/// Errors: `top_k` 0 or more than there are values; no such axis; a gradient that is asked for.
///
/// Source: Caffe's ArgMax.
///
/// ```
/// layer {
///   name: "best"
///   type: "ArgMax"
///   bottom: "scores"
///   top: "best"
///   argmax_param { top_k: 5 }
/// }
/// ```
package final class ArgMaxLayer: Layer {
  package override class var typeName: String { "ArgMax" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let axis: Int?
  private let k: Int
  private let givesValues: Bool
  private var geometry = TopKSpec(shape: ChannelSpec(outer: 0, channels: 0, inner: 0), k: 1)
  private let indices = Buffer()
  private let values = Buffer()

  /// Checks `argmax_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.argmaxParam
    guard message.topK > 0 else {
      throw CaffeError(
        .field, "top_k is 0; give how many of the largest values are wanted, 1 or more", layer: parameter.name)
    }
    axis = message.hasAxis ? Int(message.axis) : nil
    k = Int(message.topK)
    givesValues = message.outMaxVal
    try super.init(parameter, context: context)
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    guard shape.axisCount > 0 else {
      throw error(.shape, "bottom 0 has the shape \(shape), no axes; expected one or more, images first")
    }
    let channels =
      try axis.map { try ChannelSpec(shape, axis: $0) }
      ?? ChannelSpec(outer: shape[0], channels: shape.count(from: 1), inner: 1)
    guard k <= channels.channels else {
      throw error(
        .value,
        "top_k is \(k), but bottom 0 of shape \(shape) has \(channels.channels) values "
          + (axis.map { "along axis \($0)" } ?? "an image") + "; give at most as many")
    }
    geometry = TopKSpec(shape: channels, k: k)
    var extents = shape.extents
    if let axis {
      extents[try shape.canonicalAxis(axis)] = k
    } else {
      extents = Array(repeating: 1, count: max(3, shape.axisCount))
      (extents[0], extents[1], extents[2]) = (shape[0], givesValues ? 2 : 1, k)
      if givesValues {
        indices.resize(to: shape[0] * k)
        values.resize(to: shape[0] * k)
      }
    }
    top[0].reshape(to: try Shape(validating: extents))
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    guard givesValues, axis == nil else {
      engine.topK(
        geometry, input: bottom[0].data, indices: givesValues ? nil : top[0].data,
        values: givesValues ? top[0].data : nil)
      return
    }
    engine.topK(geometry, input: bottom[0].data, indices: indices, values: values)
    for (part, buffer) in [indices, values].enumerated() {
      let copy = BlockCopySpec(
        blocks: geometry.shape.outer, length: k, sourceStride: k, targetOffset: part * k, targetStride: 2 * k)
      engine.copyBlocks(copy, from: buffer, to: top[0].data)
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[0] { throw noGradient("an ArgMax has no gradient") }
  }
}
