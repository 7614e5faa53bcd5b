import CaffeCore
import Foundation

/// Made-up coloured pictures in the form of CIFAR-10, for where the real ones can't be had.
///
/// Ten classes of shapes and textures, painted at random places, sizes and turns, in random colours on random ground,
/// with grain. The same seed gives the same pictures on every machine.
public struct SyntheticPictures: Sendable {
  /// The two sets, drawn from different random streams.
  public enum Split: UInt64, Sendable, CaseIterable {
    /// To train on.
    case train = 2
    /// To test on.
    case test = 3
  }

  /// The names of the classes, by their label.
  public static let classNames = PictureShape.allCases.map { "\($0)" }

  private let seed: UInt64

  /// Makes a generator.
  public init(seed: UInt64) { self.seed = seed }

  /// The pictures of `split` with the numbers `range`, as records of CIFAR's files: a label and 3×32×32 bytes each.
  public func make(_ range: Range<Int>, of split: Split) -> [UInt8] {
    var records: [UInt8] = []
    records.reserveCapacity(range.count * CIFARBatch.recordSize)
    for index in range {
      var choices = DrawingChoices(seed: seed, stream: split.rawValue << 32 | UInt64(index))
      let shape = PictureShape.allCases[choices.pick(PictureShape.allCases.count)]
      records.append(UInt8(shape.rawValue))
      PictureCanvas(shape, with: &choices).append(to: &records, with: &choices)
    }
    return records
  }

  /// Writes CIFAR-10's files, by their own names, into `folder`: `train` pictures in five batches, `test` in one, and
  /// the names of the classes.
  ///
  /// - Throws: `CaffeError` of code `value` for a count out of range, of code `file` when a file can't be written; then
  ///   no file of the folder has changed.
  public func write(train: Int, test: Int, to folder: String) throws {
    let batches = CIFARBatch.trainingNames.count
    guard train >= batches, test > 0, max(train, test) <= 10_000_000 else {
      throw CaffeError(
        .value,
        "\(train) pictures to train on and \(test) to test on; give \(batches) to 10,000,000 to train on, for that "
          + "many files, and 1 to 10,000,000 to test on")
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CaffeError(.file, file: folder, "cannot be made; check path and permissions", cause: error)
    }
    var written: [(temporary: String, path: String)] = []
    defer { for file in written { unlink(file.temporary) } }
    func put(_ bytes: [UInt8], _ name: String) throws {
      let path = "\(folder)/\(name)"
      written.append(("\(path).partial", path))
      try AtomicFile.write(to: "\(path).partial") { try $0.write(bytes) }
    }
    for (index, name) in CIFARBatch.trainingNames.enumerated() {
      try put(make(train * index / batches..<train * (index + 1) / batches, of: .train), name)
    }
    try put(make(0..<test, of: .test), CIFARBatch.testName)
    try put(Array((SyntheticPictures.classNames.joined(separator: "\n") + "\n").utf8), CIFARBatch.classesName)
    for file in written where rename(file.temporary, file.path) != 0 {
      throw CaffeError(.file, file: file.path, "cannot be written: \(systemMessage(errno)); check permissions")
    }
  }
}
