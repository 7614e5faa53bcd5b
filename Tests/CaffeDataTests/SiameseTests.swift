import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct SiameseTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // Forty pictures of two pixels that say which picture they are; labels go round.
    try IDXFile.write((0..<40).flatMap { [UInt8($0), UInt8($0)] }, extents: [40, 1, 2], to: folder.file("images"))
    try IDXFile.write((0..<40).map { UInt8($0 % 3) }, extents: [40], to: folder.file("labels"))
  }

  private func pairs(seed: UInt64, _ database: String, _ backend: RecordBackend = .leveldb) throws -> [(
    key: String, value: [UInt8]
  )] {
    let count = try SiameseConverter.convert(
      images: folder.file("images"), labels: folder.file("labels"), database: folder.file(database), backend: backend,
      seed: seed)
    let found = try records(RecordStore.open(folder.file(database), backend: backend))
    #expect(count == 40 && found.count == 40)
    return found
  }

  @Test(arguments: RecordBackend.allCases)
  func pairsOfOneDigitHaveTheLabelOne(_ backend: RecordBackend) throws {
    let found = try pairs(seed: 1, "db", backend)
    #expect(found[0].key == "00000000" && found[39].key == "00000039")
    var labels: [Int32] = []
    var pictures: Set<UInt8> = []
    for (_, value) in found {
      let datum = try Datum(serializedBytes: value)
      #expect(datum.channels == 2 && datum.height == 1 && datum.width == 2)
      let pixels = [UInt8](datum.data)
      #expect(pixels[0] == pixels[1] && pixels[2] == pixels[3])
      #expect(datum.label == (pixels[0] % 3 == pixels[2] % 3 ? 1 : 0))
      labels.append(datum.label)
      pictures.formUnion(pixels)
    }
    #expect((5...25).contains(labels.count { $0 == 1 }) && pictures.count > 25)
  }

  @Test func theSameSeedDrawsTheSamePairs() throws {
    let first = try pairs(seed: 1, "a").map(\.value)
    #expect(try first == pairs(seed: 1, "b").map(\.value))
    #expect(try first != pairs(seed: 2, "c").map(\.value))
  }

  @Test func filesOfDifferentSetsAreRefused() throws {
    try IDXFile.write([1, 2], extents: [2], to: folder.file("labels"))
    let text = message {
      _ = try SiameseConverter.convert(
        images: folder.file("images"), labels: folder.file("labels"), database: folder.file("db"), backend: .lmdb,
        seed: 1)
    }
    #expect(text.contains("holds 2 labels") && folder.names == ["images", "labels"])
  }
}
