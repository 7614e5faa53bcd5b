import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Records that can't be used, where that is no error.
struct BadRecordTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A database whose records `bad` are no `Datum`s, or, every second of them, pictures that can't be decoded.
  private func make(_ count: Int, bad: Set<Int>, _ backend: RecordBackend = .lmdb) throws -> String {
    let writer = try RecordStore.create(folder.file("db"), backend: backend)
    for n in 0..<count {
      var record = datum(1, 2, 2, (0..<4).map { UInt8(n + $0) }, label: Int32(n))
      if bad.contains(n) {
        record.encoded = true
        record.data = Data("<html>".utf8)
      }
      let bytes: [UInt8] = try record.serializedBytes()
      try writer.put(key: "key\(100 + n)", value: bad.contains(n) && n % 2 == 0 ? [255, 255, 1] : bytes)
    }
    try writer.finish()
    return folder.file("db")
  }

  private func bench(
    _ source: String, _ backend: RecordBackend = .lmdb, batch: UInt32 = 5, shuffle: Bool = false, threads: Int = 0,
    log: RecordedLog? = nil
  ) throws -> LayerBench {
    try LayerBench(source, backend.field, batch: batch, phase: .train, threads: threads, log: log) {
      $0.dataParam.onError = .skip
      $0.dataParam.shuffle = shuffle
      $0.transformParam.mirror = true
    }
  }

  @Test(arguments: RecordBackend.allCases) func theNextGoodRecordTakesTheirPlace(_ backend: RecordBackend) throws {
    let source = try make(10, bad: [0, 3, 4, 9], backend)
    let log = RecordedLog()
    let bench = try bench(source, backend, log: log)
    #expect(try bench.labels() == [1, 1, 2, 5, 5])
    #expect(bench.layer.recordName(at: 0)?.hasPrefix("key key101 of") == true)
    #expect(bench.layer.recordName(at: 3)?.hasPrefix("key key105 of") == true)
    // After the last record the search goes on with the first.
    #expect(try bench.labels() == [5, 6, 7, 8, 1])
    #expect(try bench.labels(batches: 4) == [1, 1, 2, 5, 5, 5, 6, 7, 8, 1, 1, 1, 2, 5, 5, 5, 6, 7, 8, 1])
    let named = log.warnings.filter { $0.contains("so far") }
    #expect(named.count == 4)
    for key in ["key100", "key103", "key104", "key109"] { #expect(named.count { $0.contains(key) } == 1) }
    #expect(named.last?.contains("skipped, 4 so far") == true)
    // Two laps have ended, and been left.
    #expect(log.warnings.count { $0.contains("4 records of this lap") } == 2)
  }

  /// Where nothing is skipped, the first one ends the run, always with the same words.
  @Test func withoutSkippingTheyAreErrors() throws {
    let source = try make(10, bad: [3])
    let bench = try LayerBench(source, batch: 5)
    let text = message { try bench.forward() }
    #expect(text.contains("the record with key key103") && text.contains("web page"))
    #expect(message { try bench.forward() } == text)
  }

  @Test(.timeLimit(.minutes(10)), arguments: RecordBackend.allCases)
  func nothingButBadRecordsIsAnError(_ backend: RecordBackend) throws {
    let source = try make(30, bad: Set(0..<30), backend)
    let log = RecordedLog()
    #expect(message { _ = try bench(source, backend, log: log) }.contains("none of the records can be used"))
    // Ten by name, and a line that says so.
    #expect(log.warnings.count == 11)
  }

  @Test(arguments: [false, true]) func oneGoodRecordMayTakeAllPlaces(shuffle: Bool) throws {
    let source = try make(6, bad: [1, 2, 3, 4, 5])
    let bench = try bench(source, batch: 3, shuffle: shuffle)
    #expect(try bench.labels(batches: 4) == [Float](repeating: 0, count: 12))
  }

  @Test(arguments: RecordBackend.allCases, [false, true])
  func aResumedRunGoesOnBitForBit(_ backend: RecordBackend, shuffle: Bool) throws {
    let source = try make(17, bad: [0, 2, 6, 7, 8, 16], backend)
    let whole = try bench(source, backend, batch: 4, shuffle: shuffle)
    for _ in 0..<15 { try whole.forward() }
    for threads in [1, 3] {
      let resumed = try bench(source, backend, batch: 4, shuffle: shuffle, threads: threads)
      resumed.layer.skip(batches: 15)
      let other = try bench(source, backend, batch: 4, shuffle: shuffle, threads: 3)
      for _ in 0..<15 { try other.forward() }
      for _ in 0..<6 {
        try other.forward()
        try resumed.forward()
        #expect(other.tops[0].data.values == resumed.tops[0].data.values)
        #expect(other.tops[1].data.values == resumed.tops[1].data.values)
        for item in 0..<4 { #expect(other.layer.recordName(at: item) == resumed.layer.recordName(at: item)) }
        // The label is that of the picture, whichever was taken.
        for (item, label) in resumed.tops[1].data.values.enumerated() {
          let pixels = Set(resumed.tops[0].data.values[item * 4..<item * 4 + 4])
          #expect(pixels == Set((0..<4).map { label + Float($0) }))
        }
      }
    }
  }

  /// Another size is no damage: it isn't skipped.
  @Test func anotherShapeStaysAnError() throws {
    try makeDatabase(
      folder.file("odd"), .lmdb, [("a", datum(1, 1, 2, [1, 2])), ("b", datum(1, 2, 3, [1, 2, 3, 4, 5, 6]))])
    let bench = try bench(folder.file("odd"), batch: 2)
    #expect(message { try bench.forward() }.contains("key b is a picture of 1×2×3"))
  }
}
