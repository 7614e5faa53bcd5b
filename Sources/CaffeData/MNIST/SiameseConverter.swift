import CaffeCore
import CaffeProto
import Foundation

/// Makes a database of pairs of pictures from the files of MNIST, to train a siamese net on.
///
/// Source: Caffe's siamese example, after R. Hadsell, S. Chopra, Y. LeCun, "Dimensionality Reduction by Learning an
/// Invariant Mapping", CVPR 2006.
public enum SiameseConverter {
  /// Puts as many pairs as `images` has pictures into the new database `database`.
  ///
  /// A pair is two pictures drawn at random, a `Datum` of two channels; its label is 1 where both show the same digit,
  /// else 0. The same seed draws the same pairs. Keys have eight digits. `shouldStop` is asked every 1,000 records;
  /// when it says yes nothing is left behind.
  ///
  /// - Returns: the number of records.
  /// - Throws: `CaffeError` when a file is wrong, the files don't belong together, or the database can't be made.
  public static func convert(
    images: String, labels: String, database: String, backend: RecordBackend, seed: UInt64,
    shouldStop: () -> Bool = { false }
  ) throws -> Int {
    let set = try MNISTSet(images: images, labels: labels)
    return try set.write(to: database, backend: backend, shouldStop: shouldStop) { index in
      var choices = DrawingChoices(seed: seed, stream: UInt64(index))
      let first = choices.pick(set.count)
      let second = choices.pick(set.count)
      var datum = Datum()
      datum.channels = 2
      datum.height = set.height
      datum.width = set.width
      datum.data = set.pictures.withItem(first) { Data($0) } + set.pictures.withItem(second) { Data($0) }
      datum.label = set.label(first) == set.label(second) ? 1 : 0
      return datum
    }
  }
}
