import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct CIFARTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try SyntheticPictures(seed: 1).write(train: 10, test: 3, to: folder.file("data"))
    try FileManager.default.createDirectory(atPath: folder.file("made"), withIntermediateDirectories: false)
  }

  private var made: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.file("made"))) ?? []).sorted()
  }

  private func failure() -> String {
    message { _ = try CIFARConverter.convert(folder: folder.file("data"), output: folder.file("made"), backend: .lmdb) }
  }

  @Test(arguments: RecordBackend.allCases)
  func filesBecomeTwoDatabases(_ backend: RecordBackend) throws {
    var steps: [CIFARConverter.Step] = []
    let counts = try CIFARConverter.convert(
      folder: folder.file("data"), output: folder.file("made"), backend: backend, follow: { steps.append($0) })
    #expect(counts.train == 10 && counts.test == 3)
    #expect(steps == [.training] + (1...5).map { .trainingBatch($0) } + [.testing])
    let train = try records(RecordStore.open(folder.file("made/cifar10_train_\(backend.rawValue)"), backend: backend))
    #expect(train.map(\.key) == (0..<10).map { "0000\($0)" })
    let test = try records(RecordStore.open(folder.file("made/cifar10_test_\(backend.rawValue)"), backend: backend))
    #expect(test.map(\.key) == ["00000", "00001", "00002"])
    let datum = try Datum(serializedBytes: test[2].value)
    #expect(datum.channels == 3 && datum.height == 32 && datum.width == 32 && datum.hasLabel)
    #expect([UInt8(datum.label)] + [UInt8](datum.data) == SyntheticPictures(seed: 1).make(2..<3, of: .test))
  }

  @Test func aWrongFileIsNamedAndNothingIsMade() throws {
    let path = folder.file("data/data_batch_3.bin")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var foreign = whole
    foreign[3073] = 10
    let faults: [(Data?, String)] = [
      (nil, "get_cifar10.sh"), (Data(), "holds 0 bytes"), (whole.dropLast(), "no whole number of records of 3073"),
      (Data([0x1F, 0x8B, 8]), "tar -xzf"), (foreign, "record 1 has the label 10")
    ]
    for (content, expected) in faults {
      try? FileManager.default.removeItem(atPath: path)
      if let content { try content.write(to: URL(fileURLWithPath: path)) }
      let text = failure()
      #expect(text.contains(expected) && text.contains("data_batch_3.bin"), "\(text)")
      #expect(made == [])
    }
  }

  @Test func anExistingDatabaseStopsBeforeTheFirstRecord() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("made/cifar10_test_lmdb"), withIntermediateDirectories: false)
    #expect(failure().contains("cifar10_test_lmdb") && made == ["cifar10_test_lmdb"])
  }

  @Test func anInterruptLeavesNothing() {
    let text = message {
      _ = try CIFARConverter.convert(
        folder: folder.file("data"), output: folder.file("made"), backend: .lmdb, shouldStop: { true })
    }
    #expect(text.contains("interrupted") && made == [])
  }
}
