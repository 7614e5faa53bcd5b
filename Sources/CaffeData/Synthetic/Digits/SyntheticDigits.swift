import CaffeCore
import Foundation

/// Made-up handwritten digits in the form of MNIST, for where the real ones can't be had.
///
/// Each picture is drawn as a hand would: strokes through places that shake, leaned, turned, bent and scaled at
/// random, with a pen of random width and pressure. The same seed gives the same pictures on every machine.
public struct SyntheticDigits: Sendable {
  /// The two sets, drawn from different random streams.
  public enum Split: UInt64, Sendable, CaseIterable {
    /// To train on.
    case train = 0
    /// To test on.
    case test = 1

    /// The names that MNIST's files have.
    package var fileNames: (images: String, labels: String) {
      let prefix = self == .train ? "train" : "t10k"
      return ("\(prefix)-images-idx3-ubyte", "\(prefix)-labels-idx1-ubyte")
    }
  }

  /// The side of a picture in pixels.
  public static let side = DigitCanvas.side

  private let seed: UInt64

  /// Makes a generator.
  public init(seed: UInt64) { self.seed = seed }

  /// The first `count` pictures of `split`, one after the other, 28×28 bytes each, and their digits.
  public func make(_ count: Int, of split: Split) -> (pixels: [UInt8], labels: [UInt8]) {
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    pixels.reserveCapacity(count * DigitCanvas.side * DigitCanvas.side)
    labels.reserveCapacity(count)
    var canvas = DigitCanvas()
    for index in 0..<count {
      var choices = DrawingChoices(seed: seed, stream: split.rawValue << 32 | UInt64(index))
      let digit = choices.pick(10)
      let variants = DigitShape.variants[digit]
      let segments = DigitHand.draw(variants[choices.pick(variants.count)], with: &choices)
      canvas.draw(segments, with: &choices)
      canvas.append(to: &pixels, with: &choices)
      labels.append(UInt8(digit))
    }
    return (pixels, labels)
  }

  /// Writes the four files of MNIST, by their own names, with `train` and `test` pictures, into `folder`.
  ///
  /// - Throws: `CaffeError` of code `value` for a count under 1, of code `file` when a file can't be written; then no
  ///   file of the folder has changed.
  public func write(train: Int, test: Int, to folder: String) throws {
    guard train > 0, test > 0, max(train, test) <= 10_000_000 else {
      throw CaffeError(
        .value, "\(train) digits to train on and \(test) to test on; give 1 to 10,000,000 of each")
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CaffeError(.file, file: folder, "cannot be made; check path and permissions", cause: error)
    }
    var written: [(temporary: String, path: String)] = []
    defer { for file in written { unlink(file.temporary) } }
    for (split, count) in [(Split.train, train), (.test, test)] {
      let made = make(count, of: split)
      let files: [(String, [UInt8], [Int])] = [
        (split.fileNames.images, made.pixels, [count, DigitCanvas.side, DigitCanvas.side]),
        (split.fileNames.labels, made.labels, [count])
      ]
      for (name, items, extents) in files {
        let path = "\(folder)/\(name)"
        let temporary = "\(path).partial"
        written.append((temporary, path))
        try IDXFile.write(items, extents: extents, to: temporary)
      }
    }
    for file in written where rename(file.temporary, file.path) != 0 {
      throw CaffeError(.file, file: file.path, "cannot be written: \(systemMessage(errno)); check permissions")
    }
  }
}
