import CaffeCore
import CaffeProto
import Foundation

/// Makes databases of `Datum` records from the files of CIFAR-10.
public enum CIFARConverter {
  /// What is done next, for whoever follows.
  public enum Step: Hashable, Sendable {
    /// The training files, all of them.
    case training
    /// One of the training files, from 1 on.
    case trainingBatch(Int)
    /// The test file.
    case testing
  }

  /// Puts the files of `folder` into the new databases `cifar10_train_BACKEND` and `cifar10_test_BACKEND` in `output`.
  ///
  /// The key of record i of a set is i in five digits; its value is a `Datum` of three channels, red first. `shouldStop`
  /// is asked every 1,000 records; when it says yes, as after Ctrl-C, nothing is left behind.
  ///
  /// - Returns: the numbers of records.
  /// - Throws: `CaffeError` when a file is wrong or a database can't be made; then there is neither.
  public static func convert(
    folder: String, output: String, backend: RecordBackend, follow: (Step) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> (train: Int, test: Int) {
    let training = try CIFARBatch.trainingNames.map { try CIFARBatch("\(folder)/\($0)") }
    let testing = try CIFARBatch("\(folder)/\(CIFARBatch.testName)")
    // Both before the first record: an old database of either name is found at once.
    let train = try RecordStore.create("\(output)/cifar10_train_\(backend.rawValue)", backend: backend)
    let test = try RecordStore.create("\(output)/cifar10_test_\(backend.rawValue)", backend: backend)
    follow(.training)
    for (index, batch) in training.enumerated() {
      follow(.trainingBatch(index + 1))
      try put(batch, into: train, shouldStop: shouldStop)
    }
    follow(.testing)
    try put(testing, into: test, shouldStop: shouldStop)
    try train.finish()
    try test.finish()
    return (train.count, test.count)
  }

  private static func put(_ batch: CIFARBatch, into writer: any RecordWriter, shouldStop: () -> Bool) throws {
    for index in 0..<batch.count {
      if writer.count % 1000 == 0, shouldStop() {
        throw CaffeError(.file, file: writer.path, "interrupted after \(writer.count) records; nothing was made")
      }
      var datum = Datum()
      datum.channels = 3
      datum.height = Int32(CIFARBatch.side)
      datum.width = Int32(CIFARBatch.side)
      try batch.withRecord(index) { label, pixels in
        datum.data = Data(pixels)
        datum.label = Int32(label)
      }
      try writer.put(key: recordKey(writer.count, digits: 5), value: datum.serializedBytes())
    }
  }
}
