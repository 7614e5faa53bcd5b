import CaffeCore
import CaffeNet
import CaffeProto

/// A blob repeated along an axis.
///
/// Bottom: `… × d_axis × …`; top: `… × (tiles · d_axis) × …`, the values along `axis` one `tiles` times after the other.
///
/// `tile_param`:
/// - `axis` (1): the axis; negative ones count from the end.
/// - `tiles` (required): how often, 1 or more.
///
/// Gradient: dx is the sum of dy over the repetitions.
///
/// Errors: `tiles` missing or less than 1; no such axis; more values than memory can address.
///
/// Source: Caffe's Tile.
///
/// ```
/// layer {
///   name: "tile"
///   type: "Tile"
///   bottom: "x"
///   top: "y"
///   tile_param { axis: 1 tiles: 3 }
/// }
/// ```
package final class TileLayer: Layer {
  package override class var typeName: String { "Tile" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let axis: Int
  private let tiles: Int
  private var geometry = TileSpec(outer: 0, tiles: 1, inner: 0)

  /// Checks `tile_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    axis = Int(parameter.tileParam.axis)
    tiles = Int(parameter.tileParam.tiles)
    guard tiles > 0 else {
      throw CaffeError(
        .field, "tiles is \(tiles); give how often the blob is repeated, 1 or more", layer: parameter.name)
    }
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    let axis = try shape.canonicalAxis(self.axis)
    var extents = shape.extents
    let (extent, overflow) = extents[axis].multipliedReportingOverflow(by: tiles)
    guard !overflow else {
      throw error(.shape, "bottom 0 has the shape \(shape), \(tiles) of which hold more values than memory can address")
    }
    extents[axis] = extent
    top[0].reshape(to: try Shape(validating: extents))
    geometry = TileSpec(outer: shape.count(from: 0, to: axis), tiles: tiles, inner: shape.count(from: axis))
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.tile(geometry, input: bottom[0].data, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    engine.tileBackward(geometry, outputGradient: top[0].diff, inputGradient: bottom[0].diff)
  }
}
