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
    let set = try MNISTSet(images: images, labels: labels)
    return try set.write(to: database, backend: backend, shouldStop: shouldStop) { index in
      var datum = Datum()
      datum.channels = 1
      datum.height = set.height
      datum.width = set.width
      datum.data = set.pictures.withItem(index) { Data($0) }
      datum.label = Int32(set.label(index))
      return datum
    }
  }
}
