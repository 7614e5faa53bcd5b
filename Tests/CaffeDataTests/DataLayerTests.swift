import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// A Data layer with its tops, run without a net.
final class LayerBench {
  let layer: DataLayer
  let tops: [Blob]

  init(
    _ source: String, _ backend: DataParameter.DB = .lmdb, batch: UInt32, phase: Phase = .test, topCount: Int = 2,
    threads: Int = 0, rank: Int = 0, rankCount: Int = 1, engine: any Engine = ReferenceEngine(),
    cache: RecordCachePolicy = .none, log: RecordedLog? = nil,
    _ change: (inout LayerParameter) -> Void = { _ in }
  ) throws {
    var parameter = LayerParameter()
    parameter.name = "d"
    parameter.type = "Data"
    parameter.dataParam.source = source
    parameter.dataParam.backend = backend
    parameter.dataParam.batchSize = batch
    change(&parameter)
    var context = Context(
      engine: engine, phase: phase, registry: LayerRegistry(DataLayers.types), random: RandomSource(seed: 9),
      logger: log?.logger ?? .silent)
    context.dataThreads = threads
    context.recordCache = cache
    context.rank = rank
    context.rankCount = rankCount
    layer = try DataLayer(parameter, context: context)
    tops = (0..<topCount).map { _ in Blob() }
    try layer.setUp(bottom: [], top: tops)
    try layer.reshape(bottom: [], top: tops)
  }

  func forward() throws {
    try layer.reshape(bottom: [], top: tops)
    try layer.forward(bottom: [], top: tops)
  }

  func labels() throws -> [Float] {
    try forward()
    return tops[1].data.values
  }

  func labels(batches: Int) throws -> [Float] { try (0..<batches).flatMap { _ in try labels() } }
}

extension RecordBackend {
  /// As a net names it.
  var field: DataParameter.DB { self == .lmdb ? .lmdb : .leveldb }
}

@Suite struct DataLayerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.file(name) }

  /// A database of `count` pictures 1×1×2 whose labels count.
  private func makeCounting(_ count: Int, _ backend: RecordBackend = .lmdb) throws -> String {
    try makeDatabase(
      path("counting"), backend,
      (0..<count).map { ("key\(100 + $0)", datum(1, 1, 2, [UInt8($0), 1], label: Int32($0))) })
    return path("counting")
  }

  @Test(arguments: ["none", "scale", "mean_file", "mean_one", "mean_value", "crop"], RecordBackend.allCases)
  func transformationsAgreeWithTheOriginal(_ name: String, _ backend: RecordBackend) throws {
    let source = try folder.copy(fixture: backend == .lmdb ? "rgb_lmdb" : "rgb_leveldb")
    let wanted = try readSafetensors(Fixtures.path + "/transforms/\(name)/tensors.safetensors")
    let text = try String(contentsOfFile: Fixtures.path + "/transforms/\(name)/net.prototxt", encoding: .utf8)
    let net = try NetReader.parseNet(text: text, fileName: "net.prototxt").net
    let bench = try LayerBench(source, backend.field, batch: 2) {
      $0.transformParam = net.layer[0].transformParam
      if $0.transformParam.hasMeanFile {
        $0.transformParam.meanFile = Fixtures.path + "/" + $0.transformParam.meanFile
      }
    }
    for batch in 0..<2 {
      try bench.forward()
      let pictures = try #require(wanted["x\(batch)"])
      let labels = try #require(wanted["l\(batch)"])
      #expect(bench.tops[0].shape.extents == pictures.shape)
      #expect(bench.tops[1].data.values == labels.values)
      let largest = pictures.values.reduce(1) { max($0, abs($1)) }
      for (got, want) in zip(bench.tops[0].data.values, pictures.values) {
        guard abs(got - want) > 1e-5 * abs(want) + 2e-6 * largest else { continue }
        Issue.record("\(name) batch \(batch): \(got) in place of \(want)")
        return
      }
    }
  }

  @Test(arguments: RecordBackend.allCases)
  func recordsComeInOrderAndBeginAgain(_ backend: RecordBackend) throws {
    let bench = try LayerBench(try makeCounting(5, backend), backend.field, batch: 3)
    let found = try (0..<20).map { _ in try bench.labels() }
    for (batch, labels) in found.enumerated() {
      let wanted = [3 * batch, 3 * batch + 1, 3 * batch + 2].map { Float($0 % 5) }
      #expect(labels == wanted)
    }
  }

  @Test func aBatchMayBeLargerThanTheDatabase() throws {
    #expect(try LayerBench(makeCounting(2), batch: 5).labels() == [0, 1, 0, 1, 0])
  }

  @Test func theLabelTopMayBeLeftOut() throws {
    let bench = try LayerBench(makeCounting(2), batch: 1, topCount: 1)
    try bench.forward()
    #expect(bench.tops[0].data.values == [0, 1])
  }

  @Test func recordsOfTheCurrentBatchHaveNames() throws {
    let bench = try LayerBench(makeCounting(5), batch: 3)
    #expect(bench.layer.recordName(at: 0) == nil)
    try bench.forward()
    try bench.forward()
    #expect(bench.layer.recordName(at: 0)?.hasPrefix("key key103 of /") == true)
    #expect(bench.layer.recordName(at: 2)?.hasPrefix("key key100 of /") == true)
    #expect(bench.layer.recordName(at: 3) == nil)
  }

  @Test(arguments: RecordBackend.allCases)
  func aResumedRunSeesWhatItWouldHaveSeen(_ backend: RecordBackend) throws {
    let source = try makeCounting(7, backend)
    let kind = backend.field
    let change: (inout LayerParameter) -> Void = { $0.transformParam.mirror = true }
    let whole = try LayerBench(source, kind, batch: 3, phase: .train, change)
    for _ in 0..<11 { try whole.forward() }
    let resumed = try LayerBench(source, kind, batch: 3, phase: .train, change)
    resumed.layer.skip(batches: 11)
    for _ in 0..<4 {
      try whole.forward()
      try resumed.forward()
      #expect(whole.tops[0].data.values == resumed.tops[0].data.values)
      #expect(whole.tops[1].data.values == resumed.tops[1].data.values)
    }
  }

  @Test func randomSkipStartsElsewhere() throws {
    let source = try makeCounting(200)
    let first = try LayerBench(source, batch: 1) { $0.dataParam.randSkip = 200 }.labels()
    #expect(first != [0])
    let second = try LayerBench(source, batch: 1) { $0.dataParam.randSkip = 200 }.labels()
    #expect(second == first)
  }

  @Test(.timeLimit(.minutes(10)), arguments: RecordBackend.allCases)
  func passingOverBillionsOfRecordsIsQuick(_ backend: RecordBackend) throws {
    let source = try makeCounting(200, backend)
    let kind = backend.field
    let bench = try LayerBench(source, kind, batch: 1)
    bench.layer.skip(batches: 4_294_967_295)
    #expect(try bench.labels() == [Float(4_294_967_295 % 200)])
    let drawn = try LayerBench(source, kind, batch: 1) { $0.dataParam.randSkip = 4_294_967_295 }
    #expect(try (0..<200).map { _ in try drawn.labels()[0] }.sorted() == (0..<200).map(Float.init))
  }

  @Test func batchesOfOneMayChangeTheirShape() throws {
    try makeDatabase(
      path("db"), .lmdb, [("a", datum(1, 1, 2, [1, 2])), ("b", datum(1, 2, 3, [1, 2, 3, 4, 5, 6]))])
    let bench = try LayerBench(path("db"), batch: 1)
    var shapes: [[Int]] = []
    for _ in 0..<3 {
      try bench.forward()
      shapes.append(bench.tops[0].shape.extents)
    }
    #expect(shapes == [[1, 1, 1, 2], [1, 1, 2, 3], [1, 1, 1, 2]])
    #expect(bench.tops[0].data.values == [1, 2])
  }

  @Test func anotherShapeNamesTheRecord() throws {
    try makeDatabase(
      path("db"), .lmdb,
      [("first", datum(1, 1, 2, [1, 2])), ("odd one", datum(1, 2, 3, [1, 2, 3, 4, 5, 6]))])
    let bench = try LayerBench(path("db"), batch: 2)
    for _ in 0..<2 {
      let text = message { try bench.forward() }
      #expect(text.contains("db: the record with key odd one is a picture of 1×2×3"))
      #expect(text.contains("1×1×2") && text.contains("batch_size: 1"))
    }
  }

  @Test func aRecordThatIsNoDatumIsNamed() throws {
    let writer = try RecordStore.create(path("db"), backend: .lmdb)
    let good: [UInt8] = try datum(1, 1, 1, [1]).serializedBytes()
    try writer.put(key: "good", value: good)
    try writer.put(key: "other", value: [255, 255])
    try writer.finish()
    let bench = try LayerBench(path("db"), batch: 2)
    #expect(message { try bench.forward() }.contains("the record with key other is not a Datum"))
    let encoded = try RecordStore.create(path("encoded"), backend: .lmdb)
    try encoded.put(key: "e", value: [34, 1, 1, 56, 1])
    try encoded.finish()
    #expect(message { _ = try LayerBench(path("encoded"), batch: 2) }.contains("key e is no picture"))
  }

  @Test func wrongMessagesAreErrors() throws {
    #expect(message { _ = try LayerBench("", batch: 1) }.contains("data_param has no source"))
    #expect(message { _ = try LayerBench("x", batch: 0) }.contains("batch_size 0"))
    #expect(message { _ = try LayerBench("/no/such/db", batch: 1) }.contains("there is no such database"))
  }
}
