import Caffe
import CaffeTestSupport
import Testing

/// Pictures that travel to a device as bytes, or are kept there: their values are those of the host to the bit.
struct DevicePicturesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A database of 11 pictures 2 x 5 x 6; the last is one of floats where `hasFloats`, smaller where `isSmaller`.
  private func makePictures(hasFloats: Bool = false, isSmaller: Bool = false) throws -> String {
    let path = folder.file("pictures")
    var stream = RandomStream(seed: 8)
    try makeDatabase(
      path, .lmdb,
      (0..<11).map { index in
        let height = isSmaller && index == 10 ? 4 : 5
        let bytes = (0..<2 * height * 6).map { _ in UInt8(truncatingIfNeeded: stream.nextWord()) }
        var record = datum(2, Int32(height), 6, bytes, label: Int32(index))
        if hasFloats, index == 10 {
          record.floatData = record.data.map { Float($0) + 0.25 }
          record.data = .init()
        }
        return ("key\(100 + index)", record)
      })
    return path
  }

  private static let transforms: [String: @Sendable (inout TransformationParameter) -> Void] = [
    "none": { _ in },
    "scale": { $0.scale = 0.00390625 },
    "mean values": { ($0.meanValue, $0.scale) = ([104.5, 117.25], 0.017) },
    "one mean value": { $0.meanValue = [99.7] },
    "crop": { $0.cropSize = 3 },
    "crop, mirror, mean, scale": { ($0.cropSize, $0.mirror, $0.meanValue, $0.scale) = (4, true, [12.3], 0.1) }
  ]

  private func values(
    _ source: String, _ transform: String, on engine: any Engine, _ cache: RecordCachePolicy = .none,
    phase: Phase = .train, shuffles: Bool = false, log: RecordedLog? = nil
  ) throws -> [Float] {
    let bench = try LayerBench(source, batch: 4, phase: phase, engine: engine, cache: cache, log: log) {
      $0.dataParam.shuffle = shuffles
      DevicePicturesTests.transforms[transform]?(&$0.transformParam)
    }
    return try (0..<6).flatMap { _ in
      try bench.forward()
      return bench.tops[0].data.values + bench.tops[1].data.values
    }
  }

  @Test func whatADeviceTakesIsKnownBefore() throws {
    let source = try makePictures()
    // Batches of four as bytes, or all eleven pictures.
    let batches = try LayerBench(source, batch: 4, engine: CUDAEngine.standIn()).layer
    #expect(batches.deviceBytes(beside: 1000) == batches.batchesAhead * 4 * 60)
    let kept = try LayerBench(source, batch: 4, engine: CUDAEngine.standIn(), cache: .device).layer
    #expect(kept.deviceBytes(beside: 1000) == 11 * 60)
  }

  @Test(arguments: transforms.keys.sorted(), RecordCachePolicy.allCases)
  func valuesAreThoseOfTheHost(_ transform: String, _ cache: RecordCachePolicy) throws {
    let source = try makePictures()
    for (phase, shuffles) in [(Phase.train, false), (.train, true), (.test, false)] {
      let want = try values(source, transform, on: ReferenceEngine(), phase: phase, shuffles: shuffles)
      let got = try values(source, transform, on: CUDAEngine.standIn(), cache, phase: phase, shuffles: shuffles)
      #expect(got == want, "\(phase), shuffle: \(shuffles)")
    }
  }

  @Test(arguments: RecordCachePolicy.allCases) func recordsOfFloatsAreMadeOnTheHost(_ cache: RecordCachePolicy) throws {
    let source = try makePictures(hasFloats: true)
    let log = RecordedLog()
    let want = try values(source, "crop", on: ReferenceEngine())
    #expect(try values(source, "crop", on: CUDAEngine.standIn(), cache, log: log) == want)
    #expect(log.warnings.contains { $0.contains("aren't kept on the device") } == (cache == .device))
  }

  @Test(arguments: RecordCachePolicy.allCases) func picturesOfOtherSizesAreMadeOnTheHost(_ cache: RecordCachePolicy)
    throws
  {
    let source = try makePictures(isSmaller: true)
    let want = try values(source, "crop", on: ReferenceEngine())
    #expect(try values(source, "crop", on: CUDAEngine.standIn(), cache) == want)
  }

  @Test func batchesOfAKeptDatabaseAreChoicesOnly() throws {
    let engine = try CUDAEngine.standIn()
    let bench = try LayerBench(makePictures(), batch: 4, phase: .train, engine: engine, cache: .device)
    try bench.forward()
    let first = engine.device.copies
    #expect(first.bytesToDevice == 11 * 60 + 4 * 4 * 4)
    try bench.forward()
    #expect(engine.device.copies.bytesToDevice - first.bytesToDevice == 4 * 4 * 4)
  }
}
