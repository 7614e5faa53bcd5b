import Caffe
import CaffeTestSupport
import Testing

/// Databases in a drawn order.
struct ShuffledRecordTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A database of `count` pictures 1×3×2 whose labels count; keys of several lengths.
  private func make(_ count: Int, _ backend: RecordBackend) throws -> String {
    let path = folder.file("db")
    try makeDatabase(
      path, backend,
      (0..<count).map { n in
        (
          "\(1000 + n)_" + String(repeating: "x", count: n % 5),
          datum(1, 3, 2, (0..<6).map { UInt8(n + $0) }, label: Int32(n))
        )
      })
    return path
  }

  private func bench(
    _ source: String, _ backend: RecordBackend, batch: UInt32, threads: Int = 0, skip: UInt32 = 0,
    log: RecordedLog? = nil
  ) throws -> LayerBench {
    try LayerBench(source, backend.field, batch: batch, phase: .train, threads: threads, log: log) {
      $0.dataParam.shuffle = true
      $0.dataParam.randSkip = skip
      $0.transformParam.mirror = true
      $0.transformParam.cropSize = 2
    }
  }

  @Test(arguments: RecordBackend.allCases) func everyLapHasItsOwnOrder(_ backend: RecordBackend) throws {
    let source = try make(20, backend)
    let log = RecordedLog()
    let first = try bench(source, backend, batch: 10, log: log)
    let laps = try (0..<6).map { _ in try first.labels(batches: 2) }
    #expect(laps.allSatisfy { $0.sorted() == (0..<20).map(Float.init) })
    #expect(Set(laps).count == 6)
    #expect(log.texts(from: "data_layer.cpp:73").count >= 5)
    let again = try bench(source, backend, batch: 5)
    #expect(try again.labels(batches: 24) == laps.flatMap { $0 })
  }

  /// A record comes with its own label, also out of order.
  @Test(arguments: RecordBackend.allCases) func picturesKeepTheirLabels(_ backend: RecordBackend) throws {
    let bench = try LayerBench(make(30, backend), backend.field, batch: 7) { $0.dataParam.shuffle = true }
    for _ in 0..<9 {
      let labels = try bench.labels()
      let values = bench.tops[0].data.values
      for (item, label) in labels.enumerated() {
        #expect(Array(values[item * 6..<item * 6 + 6]) == (0..<6).map { label + Float($0) })
        #expect(bench.layer.recordName(at: item)?.hasPrefix("key \(1000 + Int(label))_") == true)
      }
    }
  }

  @Test(arguments: RecordBackend.allCases) func aResumedRunGoesOnBitForBit(_ backend: RecordBackend) throws {
    let source = try make(13, backend)
    let whole = try bench(source, backend, batch: 4, skip: 100)
    for _ in 0..<23 { try whole.forward() }
    let resumed = try bench(source, backend, batch: 4, skip: 100)
    resumed.layer.skip(batches: 23)
    for _ in 0..<8 {
      try whole.forward()
      try resumed.forward()
      #expect(whole.tops[0].data.values == resumed.tops[0].data.values)
      #expect(whole.tops[1].data.values == resumed.tops[1].data.values)
    }
  }

  @Test(arguments: RecordBackend.allCases) func theNumberOfThreadsChangesNothing(_ backend: RecordBackend) throws {
    let source = try make(50, backend)
    func run(_ threads: Int, shuffle: Bool) throws -> [Float] {
      let bench = try LayerBench(source, backend.field, batch: 3, phase: .train, threads: threads) {
        $0.dataParam.shuffle = shuffle
        $0.dataParam.prefetch = 2
        $0.transformParam.mirror = true
        $0.transformParam.cropSize = 2
      }
      return try (0..<40).flatMap { _ in
        try bench.forward()
        return bench.tops[0].data.values + bench.tops[1].data.values
      }
    }
    for shuffle in [false, true] {
      let one = try run(1, shuffle: shuffle)
      for threads in [2, 7] { #expect(try run(threads, shuffle: shuffle) == one) }
    }
  }

  @Test func randomSkipBeginsWithinTheFirstOrder() throws {
    let source = try make(20, .lmdb)
    let order = try bench(source, .lmdb, batch: 1).labels(batches: 20)
    let later = try bench(source, .lmdb, batch: 1, skip: 20).labels(batches: 5)
    let start = try #require(order.firstIndex(of: later[0]))
    #expect(Array(order[start...].prefix(5)) == Array(later.prefix(20 - start)))
  }

  /// What is kept of a million keys must be small.
  @Test func theIndexOfKeysIsSmall() throws {
    let path = folder.file("long")
    let key = String(repeating: "n01440764/", count: 6)
    let writer = try RecordStore.create(path, backend: .lmdb)
    for n in 0..<5000 { try writer.put(key: "\(10_000_000 + n)_\(key)", value: [1]) }
    try writer.finish()
    let reader = try RecordStore.open(path, backend: .lmdb)
    let index = try RecordKeyIndex(reader)
    #expect(index.count == 5000)
    #expect(index.byteCount <= 5000 * 24)
    for number in [0, 4999, 1, 2500] {
      try index.move(reader, to: number)
      #expect(reader.keyText.hasPrefix("\(10_000_000 + number)_"))
    }
  }

  @Test(arguments: RecordBackend.allCases) func awkwardKeysAreFound(_ backend: RecordBackend) throws {
    let keys = ["\0", "\0\0", "a", "aa", "ab", "abcd", "abce", "b", "\u{7F}", "ö"]
    try makeDatabase(
      folder.file("keys"), backend, keys.enumerated().map { ($1, datum(1, 1, 1, [1], label: Int32($0))) })
    let reader = try RecordStore.open(folder.file("keys"), backend: backend)
    let index = try RecordKeyIndex(reader)
    for (number, key) in keys.enumerated().reversed() {
      try index.move(reader, to: number)
      #expect(reader.keyText == key)
    }
    #expect(try reader.seek(UnsafeRawBufferPointer(start: nil, count: 0)) && reader.keyText == "\0")
  }
}
