import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct SyntheticPicturesTests {
  private let pictures = SyntheticPictures(seed: 1)

  @Test func theSameSeedPaintsTheSamePictures() {
    let first = pictures.make(0..<20, of: .train)
    #expect(first == SyntheticPictures(seed: 1).make(0..<20, of: .train))
    #expect(first != SyntheticPictures(seed: 2).make(0..<20, of: .train))
    #expect(first != pictures.make(0..<20, of: .test))
    #expect(first == pictures.make(0..<5, of: .train) + pictures.make(5..<20, of: .train))
  }

  @Test func everyMachinePaintsTheSame() {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in pictures.make(0..<10, of: .train) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    #expect(hash == 1_154_635_630_839_826_265)
  }

  @Test func everyClassComesAboutAsOften() {
    let records = pictures.make(0..<500, of: .test)
    let labels = stride(from: 0, to: records.count, by: CIFARBatch.recordSize).map { records[$0] }
    for label in UInt8(0)..<10 { #expect((25...80).contains(labels.count { $0 == label })) }
  }

  @Test func shapesStandOutFromTheirGround() {
    // The largest difference of brightness between two pixels of a picture.
    let records = pictures.make(0..<100, of: .train)
    for start in stride(from: 0, to: records.count, by: CIFARBatch.recordSize) {
      let planes = (0..<3).map { records[start + 1 + $0 * 1024..<start + 1 + ($0 + 1) * 1024].map(Int.init) }
      let grey = (0..<1024).map { (planes[0][$0] + planes[1][$0] + planes[2][$0]) / 3 }
      #expect((grey.max() ?? 0) - (grey.min() ?? 0) > 25)
    }
  }

  @Test func theFilesAreThoseOfCIFAR() throws {
    let folder = try TemporaryFolder()
    try pictures.write(train: 13, test: 4, to: folder.file("made"))
    let names = CIFARBatch.trainingNames + [CIFARBatch.testName]
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("made")).sorted()
        == (["batches.meta.txt"] + names).sorted())
    let counts = try names.map { try CIFARBatch(folder.file("made/\($0)")).count }
    #expect(counts == [2, 3, 2, 3, 3, 4])
    let batch = try CIFARBatch(folder.file("made/data_batch_5.bin"))
    let last = try batch.withRecord(2) { [UInt8($0)] + [UInt8]($1) }
    #expect(last == pictures.make(12..<13, of: .train))
    let classes = try String(contentsOfFile: folder.file("made/batches.meta.txt"), encoding: .utf8)
    #expect(classes.hasPrefix("disc\nring\n") && SyntheticPictures.classNames.count == 10)
  }

  @Test func aUselessCountOrFolderIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(message { try pictures.write(train: 4, test: 1, to: folder.file("a")) }.contains("give 5"))
    try Data().write(to: URL(fileURLWithPath: folder.file("file")))
    #expect(message { try pictures.write(train: 5, test: 1, to: folder.file("file/a")) }.contains("file/a"))
    #expect(folder.names == ["file"])
  }
}
