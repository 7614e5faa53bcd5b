import CaffeCore
import CaffeNet
import CaffeProto

extension Preprocessing {
  /// What a data layer does to pictures; nil where it reads none.
  ///
  /// - Parameters:
  ///   - parameter: Its message.
  ///   - layer: The layer itself, if it could be built: it knows how large the pictures are before their middle is cut out.
  ///   - shape: The shape of its first top.
  ///   - context: What paths count from.
  /// - Throws: `CaffeError` when the mean file can't be read.
  public init?(of parameter: LayerParameter, _ layer: Layer?, shape: [Int], context: Context) throws {
    guard ["Data", "ImageData", "WindowData"].contains(parameter.type), shape.count == 4,
      shape[1] == 1 || shape[1] == 3
    else { return nil }
    let transform = parameter.transformParam
    try self.init(transform, meanFile: context.path(transform.meanFile))
    channels = shape[1]
    height = shape[2]
    width = shape[3]
    guard transform.cropSize > 0 else { return }
    let image = parameter.imageDataParam
    if parameter.type == "ImageData", image.newHeight > 0 {
      resizeHeight = Int(image.newHeight)
      resizeWidth = Int(image.newWidth)
    } else if let records = (layer as? DataLayer)?.recordShape, records.count > 0 {
      resizeHeight = records.height
      resizeWidth = records.width
    }
  }
}
