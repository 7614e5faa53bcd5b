import CaffeCore
import CaffeProto
import Foundation

/// The mean picture of a data set, as `compute_image_mean` writes it: a `BlobProto` in a `.binaryproto` file.
package struct MeanImage: Sendable {
  /// The picture's extents.
  package let shape: DatumShape
  /// Its values, channel by channel.
  package let values: [Float]

  /// Reads the file `path`.
  ///
  /// - Throws: `CaffeError` of code `file` when it can't be read, `corrupt` when it is no mean picture.
  package init(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CaffeError(
        .file, file: path, "there is no such mean_file; make it with compute_image_mean, or mend transform_param")
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw CaffeError(.file, file: path, "cannot be read; check that it is a file with read permission", cause: error)
    }
    guard !bytes.isEmpty else {
      throw CaffeError(.corrupt, file: path, "is empty; make it again with compute_image_mean")
    }
    guard let blob = try? BlobProto(serializedBytes: bytes) else {
      throw CaffeError(
        .corrupt, file: path, "is no BlobProto, or a truncated one; make it again with compute_image_mean")
    }
    values = blob.data.isEmpty ? blob.doubleData.map { Float($0) } : blob.data
    shape = try MeanImage.shape(of: blob, holding: values.count, path)
  }

  // Today's form names a shape, of three axes or four; the old one num, channels, height and width.
  private static func shape(of blob: BlobProto, holding count: Int, _ path: String) throws -> DatumShape {
    var extents = [Int(blob.num), Int(blob.channels), Int(blob.height), Int(blob.width)]
    if blob.hasShape {
      extents = blob.shape.dim.map { Int($0) }
      if extents.count == 3 { extents.insert(1, at: 0) }
    }
    if extents.first == 0, !blob.hasNum { extents[0] = 1 }
    let found = try Shape(validating: extents)
    guard extents.count == 4, extents[0] == 1, found.count == count, count > 0 else {
      throw CaffeError(
        .corrupt, file: path,
        "holds \(count) values as a blob of shape [\(found.list)], not one picture; "
          + "make it again with compute_image_mean")
    }
    return DatumShape(channels: extents[1], height: extents[2], width: extents[3])
  }
}
