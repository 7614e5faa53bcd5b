import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct ComputedMeanTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [RecordBackend.lmdb, .leveldb])
  func theOriginalsMeanComesOut(_ backend: RecordBackend) throws {
    let database = try folder.copy(fixture: "rgb_\(backend.rawValue)")
    let expected = try MeanImage(Fixtures.path + "/mean.binaryproto")
    var counts: [Int] = []
    let mean = try MeanImage(ofDatabase: database, backend: backend, follow: { counts.append($0) })
    #expect(mean.shape == expected.shape && counts.count == 1)
    #expect(zip(mean.values, expected.values).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })

    try mean.write(to: folder.file("mean.binaryproto"))
    #expect(try MeanImage(folder.file("mean.binaryproto")).values == mean.values)
  }

  @Test func bytesAndFloatsAreAveragedByChannel() throws {
    var floats = datum(2, 1, 2, [])
    floats.floatData = [1, 2, 30, 40]
    try makeDatabase(folder.file("db"), .lmdb, [("a", datum(2, 1, 2, [3, 4, 10, 20])), ("b", floats)])
    let mean = try MeanImage(ofDatabase: folder.file("db"), backend: .lmdb)
    #expect(mean.values == [2, 3, 20, 30])
    #expect(mean.channelMeans == [2.5, 25])
  }

  @Test func aWrongRecordIsNamed() throws {
    let records = [("first", datum(1, 1, 2, [1, 2])), ("second", datum(1, 2, 1, [1, 2]))]
    try makeDatabase(folder.file("db"), .lmdb, records)
    let text = message { _ = try MeanImage(ofDatabase: folder.file("db"), backend: .lmdb) }
    #expect(text.contains("key second is a picture of 1×2×1 where the first is one of 1×1×2"), "\(text)")
    let stopped = message { _ = try MeanImage(ofDatabase: folder.file("db"), backend: .lmdb, shouldStop: { true }) }
    #expect(stopped.contains("interrupted"))
    #expect(message { _ = try MeanImage(ofDatabase: folder.file("none"), backend: .lmdb) }.contains("none"))
  }
}
