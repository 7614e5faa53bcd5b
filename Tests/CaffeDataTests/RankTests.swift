import Caffe
import CaffeTestSupport
import Testing

/// Solvers that train together: each reads other records, and all of them together what one alone would read.
struct RankTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func makeCounting(_ count: Int) throws -> String {
    let path = folder.file("counting")
    try makeDatabase(
      path, .lmdb, (0..<count).map { ("key\(100 + $0)", datum(1, 1, 2, [UInt8($0), 1], label: Int32($0))) })
    return path
  }

  /// The labels of so many batches of each of three ranks, one record of each in turn.
  private func interleaved(_ source: String, shuffles: Bool, skipping skipped: UInt64 = 0) throws -> [Float] {
    let ranks = try (0..<3).map { rank -> [Float] in
      let bench = try LayerBench(source, batch: 2, phase: .train, rank: rank, rankCount: 3) {
        $0.dataParam.shuffle = shuffles
      }
      bench.layer.skip(batches: skipped)
      return try bench.labels(batches: 5 - Int(skipped))
    }
    return ranks[0].indices.flatMap { item in ranks.map { $0[item] } }
  }

  @Test(arguments: [false, true]) func recordsAreDealtOut(_ shuffles: Bool) throws {
    let source = try makeCounting(7)
    let alone = try LayerBench(source, batch: 6, phase: .train) { $0.dataParam.shuffle = shuffles }
    #expect(try interleaved(source, shuffles: shuffles) == alone.labels(batches: 5))
  }

  @Test(arguments: [false, true]) func aResumedRankGoesOnWhereItWas(_ shuffles: Bool) throws {
    let source = try makeCounting(7)
    let whole = try interleaved(source, shuffles: shuffles)
    #expect(try interleaved(source, shuffles: shuffles, skipping: 2) == Array(whole.dropFirst(12)))
  }

  @Test func testsReadAllRecords() throws {
    let source = try makeCounting(7)
    let bench = try LayerBench(source, batch: 7, rank: 1, rankCount: 3)
    #expect(try bench.labels() == [0, 1, 2, 3, 4, 5, 6])
  }
}
