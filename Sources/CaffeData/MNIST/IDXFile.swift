import CaffeCore
import Foundation

/// A file of the MNIST set: bytes in an array of one axis (labels) or three (pictures), after a big-endian header.
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
public struct IDXFile: Sendable {
  /// What a file holds.
  public enum Content: Sendable {
    /// Pictures: count, rows, columns.
    case images
    /// One label each.
    case labels

    /// The file's first four bytes.
    var magic: UInt32 { self == .images ? 0x803 : 0x801 }
    var axisCount: Int { self == .images ? 3 : 1 }
    var title: String { self == .images ? "pictures" : "labels" }
  }

  /// The extents: the count, and for pictures rows and columns.
  public let extents: [Int]
  private let bytes: Data
  private let headerSize: Int

  /// The number of pictures or labels.
  public var count: Int { extents[0] }
  /// The bytes of each one.
  public var itemSize: Int { extents.dropFirst().reduce(1, *) }

  /// Reads `path`, which must hold `content`.
  ///
  /// - Throws: `CaffeError` of code `file` when it can't be read, `corrupt` when it isn't what it should be.
  public init(_ path: String, content: Content) throws {
    bytes = try IDXFile.map(path)
    headerSize = 4 + 4 * content.axisCount
    try IDXFile.checkMagic(bytes, content, path)
    guard bytes.count >= headerSize else {
      throw CaffeError(
        .corrupt, file: path,
        "holds \(bytes.count) bytes, fewer than its header of \(headerSize): truncated; download it again")
    }
    var extents: [Int] = []
    var total = 1
    for axis in 0..<content.axisCount {
      let extent = Int(IDXFile.word(bytes, at: 4 + 4 * axis))
      let (product, overflow) = total.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw CaffeError(.corrupt, file: path, "its header's sizes are impossible; download it again")
      }
      extents.append(extent)
      total = product
    }
    self.extents = extents
    try IDXFile.checkSize(bytes.count - headerSize, total, extents, content, path)
  }

  /// Calls `body` with the bytes of item `index`, which must be in `0..<count`.
  public func withItem<Result>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    precondition(index >= 0 && index < count, "item \(index) of \(count)")
    return try bytes.withUnsafeBytes { bytes in
      let start = headerSize + index * itemSize
      return try body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + itemSize]))
    }
  }

  /// Writes a file of `extents`: three for pictures, one for labels.
  ///
  /// - Throws: `CaffeError` of code `value` when bytes and extents don't agree, of code `file` when it can't be written.
  public static func write(_ items: [UInt8], extents: [Int], to path: String) throws {
    guard extents.count == 1 || extents.count == 3, extents.allSatisfy({ $0 >= 0 && $0 <= UInt32.max }),
      try Shape(validating: extents).count == items.count
    else {
      throw CaffeError(.value, file: path, "\(items.count) bytes cannot be written as an array of \(extents)")
    }
    let content = extents.count == 3 ? Content.images : .labels
    var bytes = Data(capacity: 16 + items.count)
    for word in [content.magic] + extents.map({ UInt32($0) }) {
      withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: items)
    do {
      try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CaffeError(
        .file, file: path, "cannot be written; its folder must exist and be writable, with room on the disk",
        cause: error)
    }
  }
}

extension IDXFile {
  private static func map(_ path: String) throws -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CaffeError(.file, file: path, "there is no such file; get it with data/mnist/get_mnist.sh")
    }
    guard !isFolder.boolValue else {
      throw CaffeError(.file, file: path, "this is a folder; name one of the MNIST files in it")
    }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw CaffeError(.file, file: path, "cannot be read; check its permissions", cause: error)
    }
  }

  private static func checkMagic(_ bytes: Data, _ content: Content, _ path: String) throws {
    guard !bytes.isEmpty else {
      throw CaffeError(.corrupt, file: path, "is empty; download it again with data/mnist/get_mnist.sh")
    }
    guard !bytes.starts(with: [0x1F, 0x8B]) else {
      throw CaffeError(.corrupt, file: path, "is still compressed; unpack it with gunzip first")
    }
    guard bytes.count >= 4 else {
      throw CaffeError(
        .corrupt, file: path, "holds \(bytes.count) bytes, not even a header: truncated; download it again")
    }
    let found = word(bytes, at: 0)
    guard found == content.magic else {
      let other = content == .images ? Content.labels : .images
      let remedy =
        found == other.magic
        ? "it is a file of \(other.title); swap the two arguments" : "it is no MNIST file; download it again"
      throw CaffeError(
        .corrupt, file: path,
        "begins with the number \(found) where a file of \(content.title) has \(content.magic): \(remedy)")
    }
  }

  private static func checkSize(
    _ found: Int, _ total: Int, _ extents: [Int], _ content: Content, _ path: String
  ) throws {
    guard total > 0 else {
      throw CaffeError(
        .corrupt, file: path,
        "its header speaks of \(sizes(extents)) \(content.title), so it holds nothing; download it again")
    }
    guard found == total else {
      let fault = found < total ? "truncated" : "something follows its content"
      throw CaffeError(
        .corrupt, file: path,
        "holds \(found) bytes of \(content.title) where its header says \(sizes(extents)) = \(total): "
          + "\(fault); download it again")
    }
  }

  private static func sizes(_ extents: [Int]) -> String { extents.map(String.init).joined(separator: "×") }

  private static func word(_ bytes: Data, at offset: Int) -> UInt32 {
    bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
  }
}
