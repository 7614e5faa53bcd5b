import CaffeCore
import CaffeNet
import CaffeProto

/// Blobs that a program fills: the way into a net for what isn't read from files.
///
/// No bottoms; one top or more, of the shapes given.
///
/// `input_param`:
/// - `shape`: one shape for all tops, or one for each; without any the program reshapes the tops itself.
///
/// Gradient: none of its own; with `force_backward` the tops' gradients are there to be read.
///
/// Errors: a number of shapes that fits neither; a negative extent.
///
/// Source: Caffe's Input. The shapes are set once, so a program may reshape the tops between two forwards.
///
/// ```
/// layer {
///   name: "data"
///   type: "Input"
///   top: "data"
///   input_param { shape { dim: 1 dim: 3 dim: 227 dim: 227 } }
/// }
/// ```
package final class InputLayer: Layer {
  package override class var typeName: String { "Input" }
  package override class var ports: Ports { Ports(bottoms: 0...0, tops: 1...Int.max) }

  private var shapes: [Shape] = []

  /// Checks `input_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try super.init(parameter, context: context)
    shapes = try parameter.inputParam.shape.map(shape)
    guard shapes.count <= 1 || shapes.count == parameter.top.count else {
      throw error(
        .field,
        "input_param has \(shapes.count) shapes for \(parameter.top.count) tops; give one for all or one for each")
    }
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    guard !shapes.isEmpty else { return }
    for (index, blob) in top.enumerated() { blob.reshape(to: shapes[shapes.count == 1 ? 0 : index]) }
  }
}
