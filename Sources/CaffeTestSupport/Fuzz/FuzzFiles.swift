import Caffe
import Foundation

/// The files that fuzz nets read, in a folder that is their context's base: `db`, an LMDB of ten 3 × 4 × 5 pictures,
/// `list.txt` with one HDF5 file of seven records, `pictures.txt` and `windows.txt` with three pictures of 8 × 6, and
/// `infogain.binaryproto`.
package final class FuzzFiles {
  /// The classes that the matrix is for.
  static let infogainClasses = 3

  private let folder: TemporaryFolder

  /// The folder.
  package var path: String { folder.path }

  /// Writes the files.
  package init() throws {
    folder = try TemporaryFolder()
    let writer = try RecordStore.create(folder.file("db"), backend: .lmdb)
    for index in 0..<10 {
      var datum = Datum()
      (datum.channels, datum.height, datum.width) = (3, 4, 5)
      datum.data = Data((0..<60).map { UInt8(($0 * 7 + index * 13) % 256) })
      datum.label = Int32(index % 3)
      let bytes: [UInt8] = try datum.serializedBytes()
      try writer.put(key: "0000000\(index)", value: bytes)
    }
    try writer.finish()
    try HDF5File.write(to: folder.file("records.h5")) { root in
      try root.write((0..<42).map { Float($0) / 42 }, shape: [7, 2, 3], as: "data")
      try root.write((0..<7).map { Int32($0 % 3) }, shape: [7], as: "label")
    }
    try folder.write("records.h5\n", to: "list.txt")
    try writePictures()
    var matrix = BlobProto()
    matrix.shape.dim = [3, 3]
    matrix.data = [1, 0.2, 0, 0.1, 1, 0, 0, 0, 1]
    try Data(matrix.serializedBytes() as [UInt8]).write(to: URL(fileURLWithPath: folder.file("infogain.binaryproto")))
  }

  private func writePictures() throws {
    var (list, windows) = ("", "")
    for index in 0..<3 {
      let pixels = (0..<144).map { UInt8(($0 * 5 + index * 20) % 256) }
      let path = folder.file("\(index).png")
      try Picture(height: 6, width: 8, channels: 3, pixels: pixels).write(to: path)
      list += "\(path) \(index)\n"
      windows += "# \(index)\n\(path)\n3\n6\n8\n2\n1 0.9 0 0 4 4\n2 0.1 1 1 6 5\n"
    }
    try folder.write(list, to: "pictures.txt")
    try folder.write(windows, to: "windows.txt")
  }
}
