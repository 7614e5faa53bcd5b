import CaffeCore
import CaffeProto

/// The mean picture of a data set, as `compute_image_mean` writes it: a `BlobProto` in a `.binaryproto` file.
package struct MeanImage: Sendable {
  /// The picture's extents.
  package let shape: DatumShape
  /// Its values, channel by channel.
  package let values: [Float]

  init(shape: DatumShape, values: [Float]) {
    self.shape = shape
    self.values = values
  }

  /// Reads the file `path`.
  ///
  /// - Throws: `CaffeError` of code `file` when it can't be read, `corrupt` when it is no mean picture.
  package init(_ path: String) throws {
    let blob = try BinaryProto.read(BlobProto.self, file: path).message
    do {
      values = try blob.values()
    } catch let error as CaffeError {
      throw CaffeError(error.code, file: path, error.message)
    }
    // Today's form may leave out the first axis, the old one always names four.
    var axes = blob.axes
    if axes.count == 3 { axes.insert(1, at: 0) }
    guard axes.count == 4, axes[0] == 1, !values.isEmpty else {
      throw CaffeError(
        .corrupt, file: path,
        "holds a blob of shape \(blob.axes), not one picture; make it again with compute_image_mean")
    }
    shape = DatumShape(channels: Int(axes[1]), height: Int(axes[2]), width: Int(axes[3]))
  }
}
