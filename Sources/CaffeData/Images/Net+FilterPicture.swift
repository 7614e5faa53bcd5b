import CaffeCore
import CaffeNet

extension Net {
  /// The filters of the first layer whose weights are pictures of one or three channels, as tiles.
  package func filterPicture(zoom: Int? = nil) -> (layer: String, picture: Picture)? {
    for layer in layers {
      guard let blob = layer.blobs.first, case let extents = blob.shape.extents, extents.count == 4,
        [1, 3].contains(extents[1]), extents[2] > 1, extents[3] > 1
      else { continue }
      // Small filters are hard to see pixel by pixel.
      let factor = zoom ?? max(1, 48 / max(extents[2], extents[3]))
      guard
        let picture = Picture.tiles(
          of: blob.data.values, count: extents[0], channels: extents[1], height: extents[2], width: extents[3],
          zoom: factor)
      else { continue }
      return (layer.name, picture)
    }
    return nil
  }
}
