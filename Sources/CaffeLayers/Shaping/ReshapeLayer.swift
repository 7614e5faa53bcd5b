import CaffeCore
import CaffeNet
import CaffeProto

/// The same values in another shape.
///
/// Bottom of any shape; top with the axes from `axis` on, `num_axes` of them, replaced by those of `shape`. It shares the
/// bottom's memory.
///
/// `reshape_param`:
/// - `shape`: the new extents; 0 keeps the bottom's extent at that place, −1, at most once, is what is left.
/// - `axis` (0): the first axis replaced; negative ones count from behind the last, so −1 appends.
/// - `num_axes` (−1, all the rest): how many axes are replaced.
///
/// Gradient: dx = dy.
///
/// Errors: extents that hold another number of values; several −1; no such axes.
///
/// Source: Caffe's Reshape.
///
/// ```
/// layer {
///   name: "reshape"
///   type: "Reshape"
///   bottom: "x"
///   top: "y"
///   reshape_param { shape { dim: 0 dim: 2 dim: -1 } }
/// }
/// ```
package final class ReshapeLayer: Layer {
  private struct Spec {
    var extents: [Int]
    var axis: Int
    var axisCount: Int
  }

  package override class var typeName: String { "Reshape" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let spec: Spec

  /// Checks `reshape_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.reshapeParam
    func fault(_ text: String) -> CaffeError { CaffeError(.value, text, layer: parameter.name) }
    let extents = message.shape.dim.map { Int($0) }
    guard extents.allSatisfy({ $0 >= -1 }) else {
      throw fault("reshape_param.shape is \(extents); extents are 1 or more, 0 to keep one, or -1 for what is left")
    }
    guard extents.count(where: { $0 == -1 }) <= 1 else {
      throw fault("reshape_param.shape is \(extents); only one extent can be -1, for what is left")
    }
    guard message.numAxes >= -1 else {
      throw fault("reshape_param.num_axes is \(message.numAxes); give 0 or more, or -1 for all the rest")
    }
    spec = Spec(extents: extents, axis: Int(message.axis), axisCount: Int(message.numAxes))
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    top[0].reshape(to: try newShape(bottom[0].shape))
    top[0].shareData(with: bottom[0])
    top[0].shareDiff(with: bottom[0])
  }

  private func newShape(_ shape: Shape) throws -> Shape {
    let first = spec.axis >= 0 ? spec.axis : shape.axisCount + 1 + spec.axis
    let end = spec.axisCount == -1 ? shape.axisCount : first + spec.axisCount
    guard first >= 0, first <= shape.axisCount, end <= shape.axisCount else {
      throw error(
        .shape,
        "reshape_param takes the axes from \(spec.axis), \(spec.axisCount) of them (-1: all the rest), but bottom 0 has the "
          + "shape \(shape), \(shape.axisCount) axes")
    }
    var extents = spec.extents
    for (index, extent) in extents.enumerated() where extent == 0 {
      guard first + index < end else {
        throw error(
          .shape,
          "extent \(index) of reshape_param.shape \(spec.extents) is 0, which keeps the bottom's, but bottom 0 has the shape "
            + "\(shape), without such an axis; give a number or -1")
      }
      extents[index] = shape[first + index]
    }
    extents = Array(shape.extents[..<first]) + extents + Array(shape.extents[end...])
    if let open = extents.firstIndex(of: -1) {
      let rest = try Shape(validating: extents.filter { $0 != -1 }).count
      extents[open] = rest > 0 && shape.count % rest == 0 ? shape.count / rest : 0
    }
    let result = try Shape(validating: extents)
    guard result.count == shape.count else {
      throw error(
        .shape,
        "bottom 0 has the shape \(shape), which can't be made \(extents) (\(result.count) values) by reshape_param.shape "
          + "\(spec.extents); both need as many values")
    }
    return result
  }
}
