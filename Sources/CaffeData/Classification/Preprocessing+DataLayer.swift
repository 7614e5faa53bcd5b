import CaffeCore
import CaffeNet
import CaffeProto

extension Preprocessing {
  /// What the data layer `layer` does to pictures, of which its first top has the shape `shape`; nil where that holds no pictures.
  ///
  /// - Throws: `CaffeError` when the mean file can't be read.
  public init?(of layer: LayerParameter, shape: [Int], context: Context) throws {
    guard ["Data", "ImageData", "WindowData"].contains(layer.type), shape.count == 4, shape[1] == 1 || shape[1] == 3
    else { return nil }
    let transform = layer.transformParam
    try self.init(transform, meanFile: context.path(transform.meanFile))
    channels = shape[1]
    height = shape[2]
    width = shape[3]
    let image = layer.imageDataParam
    if layer.type == "ImageData", image.newHeight > 0, transform.cropSize > 0 {
      resizeHeight = Int(image.newHeight)
      resizeWidth = Int(image.newWidth)
    }
  }
}
