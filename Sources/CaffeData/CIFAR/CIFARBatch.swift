import CaffeCore

/// A file of CIFAR-10 in its binary form: records of a label and the red, green and blue planes of a 32×32 picture.
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
public struct CIFARBatch {
  /// The side of a picture in pixels.
  public static let side = 32
  /// The bytes of a record.
  public static let recordSize = 1 + 3 * side * side
  /// The files to train on.
  public static let trainingNames = (1...5).map { "data_batch_\($0).bin" }
  /// The file to test on.
  public static let testName = "test_batch.bin"
  /// The file with the names of the classes, one a line.
  static let classesName = "batches.meta.txt"
  private static let classCount = 10

  /// The number of records.
  public let count: Int
  private let path: String
  private let file: MappedFile

  /// Opens `path`.
  ///
  /// - Throws: `CaffeError` of code `file` when it can't be read, `corrupt` when it holds no whole records.
  public init(_ path: String) throws {
    guard SystemCalls.kind(of: path) != .missing else {
      throw CaffeError(.file, file: path, "there is no such file; get it with data/cifar10/get_cifar10.sh")
    }
    self.path = path
    file = try MappedFile(path)
    let isPacked = file.withBytes { $0.starts(with: [0x1F, 0x8B]) }
    guard !isPacked || file.count % CIFARBatch.recordSize == 0 else {
      throw CaffeError(.corrupt, file: path, "is still compressed; unpack it with tar -xzf first")
    }
    guard file.count > 0, file.count % CIFARBatch.recordSize == 0 else {
      throw CaffeError(
        .corrupt, file: path,
        "holds \(file.count) bytes, which is no whole number of records of \(CIFARBatch.recordSize): truncated, or not "
          + "CIFAR-10's binary version; get it again with data/cifar10/get_cifar10.sh")
    }
    count = file.count / CIFARBatch.recordSize
  }

  /// Calls `body` with the label and the pixels of record `index`, which must be in `0..<count`.
  ///
  /// - Throws: `CaffeError` of code `corrupt` for a label that CIFAR-10 doesn't have, and what `body` throws.
  public func withRecord<Result>(
    _ index: Int, _ body: (_ label: Int, _ pixels: UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    precondition(index >= 0 && index < count, "record \(index) of \(count)")
    return try file.withBytes { bytes in
      let start = index * CIFARBatch.recordSize
      let record = UnsafeRawBufferPointer(rebasing: bytes[start..<start + CIFARBatch.recordSize])
      let label = Int(record[0])
      guard label < CIFARBatch.classCount else {
        throw CaffeError(
          .corrupt, file: path,
          "record \(index) has the label \(label), but CIFAR-10's labels are 0 to \(CIFARBatch.classCount - 1): it is "
            + "another file (CIFAR-100 has two labels a record) or damaged; get it again with "
            + "data/cifar10/get_cifar10.sh")
      }
      return try body(label, UnsafeRawBufferPointer(rebasing: record[1...]))
    }
  }
}
