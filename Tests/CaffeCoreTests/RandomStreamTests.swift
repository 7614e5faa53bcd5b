import CaffeCore
import Foundation
import Testing

struct RandomStreamTests {
  /// The known answers that the Random123 library publishes for philox4x32-10.
  @Test
  func blocksAreThoseOfPhilox() {
    #expect(
      RandomStream.block(seed: 0, stream: 0, index: 0) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      RandomStream.block(seed: .max, stream: .max, index: .max)
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      RandomStream.block(
        seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e, index: 0x85a3_08d3_243f_6a88)
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test
  func wordsAreThoseOfTheBlocksInOrder() {
    var stream = RandomStream(seed: 5, stream: 6)
    let words = (0..<8).map { _ in stream.nextWord() }
    let blocks = (0..<2).map { RandomStream.block(seed: 5, stream: 6, index: $0) }
    #expect(words == blocks.flatMap { block in (0..<4).map { block[$0] } })
    #expect(stream.state.position == 8)
  }

  @Test
  func goesOnFromASavedState() {
    var stream = RandomStream(seed: 1, stream: 2)
    for _ in 0..<7 { _ = stream.nextWord() }
    let saved = stream.state
    let next = (0..<9).map { _ in stream.nextWord() }
    var restored = RandomStream(seed: 99, stream: 98)
    _ = restored.nextWord()
    restored.state = saved
    #expect((0..<9).map { _ in restored.nextWord() } == next)
    stream.state.position = 7
    #expect(stream.nextWord() == next[0])
  }

  @Test
  func positionsAreReachedWithoutPassingThoseBefore() {
    var stream = RandomStream(seed: 3)
    let words = (0..<40).map { _ in stream.nextWord() }
    for position in [39, 0, 17, 16, 4] {
      stream.state.position = UInt64(position)
      #expect(stream.nextWord() == words[position])
    }
  }

  @Test
  func uniformNumbersFillTheirRange() {
    var stream = RandomStream(seed: 11)
    let count = 100_000
    let values = (0..<count).map { _ in Double(stream.nextUniform()) }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    #expect(abs(mean - 0.5) < 0.005)
    #expect(abs(variance - 1.0 / 12) < 0.002)
  }

  @Test
  func gaussianNumbersHaveTheirMoments() {
    var stream = RandomStream(seed: 12)
    let count = 100_000
    let values = (0..<count).map { _ in Double(stream.nextGaussian()) }
    func moment(_ power: Double) -> Double { values.reduce(0) { $0 + pow($1, power) } / Double(count) }
    #expect(values.allSatisfy { $0.isFinite })
    #expect(abs(moment(1)) < 0.015)
    #expect(abs(moment(2) - 1) < 0.02)
    #expect(abs(moment(3)) < 0.05)
    #expect(abs(moment(4) - 3) < 0.15)
    #expect(stream.state.position == UInt64(2 * count))
  }

  @Test
  func namesGiveStreamsOfTheirOwn() {
    let source = RandomSource(seed: 7)
    #expect(source.stream("conv1").state == source.stream("conv1").state)
    #expect(source.stream("conv1").state.stream != source.stream("conv2").state.stream)
    #expect(source.stream("a").state.seed == 7)
    // FNV-1a's published answers.
    #expect(source.stream("").state.stream == 0xcbf2_9ce4_8422_2325)
    #expect(source.stream("a").state.stream == 0xaf63_dc4c_8601_ec8c)
    #expect(source.stream("foobar").state.stream == 0x8594_4171_f739_67e8)
  }

  @Test
  func withoutASeedEverySourceDiffers() {
    #expect(RandomSource().seed != RandomSource().seed)
  }
}
