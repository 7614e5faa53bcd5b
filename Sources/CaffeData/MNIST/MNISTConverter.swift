import CaffeCore
import CaffeProto
import Foundation

/// Makes a database of `Datum` records from the files of MNIST.
public enum MNISTConverter {
  /// Puts all pictures of `images` with the labels of `labels` into the new database `database`.
  ///
  /// The key of record i is i in eight digits; its value is a `Datum` of one channel. `shouldStop` is asked every 1,000
  /// records; when it says yes, as after Ctrl-C, nothing is left behind.
  ///
  /// - Returns: the number of records.
  /// - Throws: `CaffeError` when a file is wrong, the files don't belong together, or the database can't be made.
  public static func convert(
    images: String, labels: String, database: String, backend: RecordBackend,
    shouldStop: () -> Bool = { false }
  ) throws -> Int {
    let pictures = try IDXFile(images, content: .images)
    let classes = try IDXFile(labels, content: .labels)
    guard pictures.count == classes.count else {
      throw CaffeError(
        .corrupt, file: labels,
        "holds \(classes.count) labels, but \(images) holds \(pictures.count) pictures; give two files of one set")
    }
    guard pictures.extents.allSatisfy({ $0 <= Int(Int32.max) }) else {
      throw CaffeError(.corrupt, file: images, "its header's sizes are impossible; download it again")
    }
    let writer = try RecordStore.create(database, backend: backend)
    for index in 0..<pictures.count {
      if index % 1000 == 0, shouldStop() {
        throw CaffeError(.file, file: database, "interrupted after \(index) records; nothing was made")
      }
      var datum = Datum()
      datum.channels = 1
      datum.height = Int32(pictures.extents[1])
      datum.width = Int32(pictures.extents[2])
      datum.data = pictures.withItem(index) { Data($0) }
      datum.label = classes.withItem(index) { Int32($0[0]) }
      let value: [UInt8] = try datum.serializedBytes()
      try writer.put(key: key(index), value: value)
    }
    try writer.finish()
    return writer.count
  }

  private static func key(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
