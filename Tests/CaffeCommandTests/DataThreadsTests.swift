import Caffe
import Foundation
import Testing

/// Data layers of the program: their threads, and databases that two programs read.
@Suite(.serialized) struct DataThreadsTests {
  private func losses(_ run: CommandRun) -> [Substring] {
    run.error.split(separator: "\n").compactMap { line in line.firstRange(of: "loss = ").map { line[$0.upperBound...] }
    }
  }

  @Test func resultsAreTheSameForAnyNumber() throws {
    let place = try TrainingFolder()
    try place.writeNet()
    try place.writeSolver()
    let one = try place.train("--data-threads=1", "--threads=1")
    let three = try place.train("--data_threads=3", "--threads=1")
    #expect(one.status == 0 && three.status == 0)
    #expect(!losses(one).isEmpty && losses(one) == losses(three))
    let wrong = try place.train("--data-threads=0")
    #expect(wrong.status == 64 && wrong.error.contains("--data-threads=0: give 1 to 1024"))
  }

  /// The test holds the database open while the program reads it.
  @Test func twoProgramsReadOneLMDB() throws {
    let place = try TrainingFolder()
    try place.writeNet()
    try place.writeSolver()
    let reader = try RecordStore.open(place.folder.path("train_lmdb"), backend: .lmdb)
    #expect(try reader.next())
    let first = reader.keyText
    let run = try place.train("--threads=1")
    #expect(run.status == 0)
    try reader.rewind()
    #expect(try reader.next() && reader.keyText == first)
  }

  @Test func aLevelDBThatAnotherProgramHasOpenSaysSo() throws {
    let folder = try WorkFolder()
    let writer = try RecordStore.create(folder.path("db"), backend: .leveldb)
    try writer.put(key: "a", value: [8, 1, 16, 1, 24, 1, 34, 1, 9])
    try writer.finish()
    try folder.write(
      #"layer { name: "d" type: "Data" top: "x" data_param { source: "db" batch_size: 1 } }"#, to: "net.prototxt")
    let reader = try RecordStore.open(folder.path("db"), backend: .leveldb)
    let run = try CommandRun(["time", "--model=net.prototxt"], in: folder)
    #expect(run.status == 1 && run.error.contains("another program has this LevelDB open"))
    #expect(try reader.next())
  }
}
