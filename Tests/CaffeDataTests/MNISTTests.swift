import Caffe
import Foundation
import Testing

@Suite struct MNISTTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.at(name) }

  /// Files of three 2×4 pictures.
  private func writeFiles() throws {
    try IDXFile.write((0..<24).map { UInt8($0 * 10) }, extents: [3, 2, 4], to: path("images"))
    try IDXFile.write([7, 0, 9], extents: [3], to: path("labels"))
  }

  private func put(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
  }

  private func converting(_ images: String = "images", _ labels: String = "labels") throws -> String {
    let text = message {
      _ = try MNISTConverter.convert(
        images: path(images), labels: path(labels), database: path("db"), backend: .lmdb)
    }
    #expect(!FileManager.default.fileExists(atPath: path("db")))
    #expect(folder.contents.allSatisfy { !$0.contains("partial") })
    return text
  }

  @Test func aFileHasTheBytesOfTheFormat() throws {
    try IDXFile.write([1, 2, 3, 4, 5, 6], extents: [1, 2, 3], to: path("f"))
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path("f"))))
    #expect(bytes == [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: RecordBackend.allCases)
  func filesBecomeRecords(_ backend: RecordBackend) throws {
    try writeFiles()
    let count = try MNISTConverter.convert(
      images: path("images"), labels: path("labels"), database: path("db"), backend: backend)
    #expect(count == 3)
    let found = try records(RecordStore.open(path("db"), backend: backend))
    #expect(found.map(\.key) == ["00000000", "00000001", "00000002"])
    // As the original writes it: channels, height, width, data, label.
    #expect(found[0].value == [8, 1, 16, 2, 24, 4, 34, 8, 0, 10, 20, 30, 40, 50, 60, 70, 40, 7])
    let last = try Datum(serializedBytes: found[2].value)
    #expect(last.label == 9 && [UInt8](last.data) == [160, 170, 180, 190, 200, 210, 220, 230])
  }

  @Test func wrongMagicSaysWhatWasFound() throws {
    try writeFiles()
    #expect(try converting("labels", "images").contains("begins with the number 2049"))
    #expect(try converting("labels", "images").contains("swap the two arguments"))
    try put([0x3C, 0x68, 0x74, 0x6D, 0x6C], "page")
    #expect(try converting("page").contains("has 2051: it is no MNIST file"))
  }

  @Test func aCompressedFileNeedsGunzip() throws {
    try writeFiles()
    try put([0x1F, 0x8B, 8, 0, 0], "images.gz")
    #expect(try converting("images.gz").contains("gunzip"))
  }

  @Test func truncatedAndOverlongFilesAreErrors() throws {
    try writeFiles()
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path("images"))))
    let faults = [
      (39, "holds 23 bytes of pictures where its header says 3×2×4 = 24: truncated"),
      (10, "fewer than its header of 16"), (3, "not even a header"), (0, "is empty")
    ]
    for (size, expected) in faults {
      try put([UInt8](whole.prefix(size)), "images")
      #expect(try converting().contains(expected))
    }
    try put(whole + [0], "images")
    #expect(try converting().contains("something follows its content"))
    try put([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12), "images")
    #expect(try converting().contains("impossible"))
  }

  @Test func filesOfDifferentSetsAreRefused() throws {
    try writeFiles()
    try IDXFile.write([1, 2], extents: [2], to: path("labels"))
    let text = try converting()
    #expect(text.contains("holds 2 labels") && text.contains("holds 3 pictures"))
  }

  @Test func aFileOfNothingIsRefused() throws {
    try writeFiles()
    try IDXFile.write([], extents: [0, 28, 28], to: path("images"))
    #expect(try converting().contains("0×28×28 pictures, so it holds nothing"))
  }

  @Test func aMissingFileNamesTheScript() throws {
    #expect(try converting("none").contains("get_mnist.sh"))
  }

  @Test func anInterruptLeavesNothing() throws {
    try IDXFile.write([UInt8](repeating: 1, count: 2500), extents: [2500, 1, 1], to: path("images"))
    try IDXFile.write([UInt8](repeating: 1, count: 2500), extents: [2500], to: path("labels"))
    var asked = 0
    let text = message {
      _ = try MNISTConverter.convert(
        images: path("images"), labels: path("labels"), database: path("db"), backend: .lmdb,
        shouldStop: {
          asked += 1
          return asked == 3
        })
    }
    #expect(text.contains("interrupted after 2000 records"))
    #expect(folder.contents == ["images", "labels"])
  }
}
