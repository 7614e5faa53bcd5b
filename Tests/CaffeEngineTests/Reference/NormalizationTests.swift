import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

struct ReferenceNormalizationTests {
  private func forward(_ spec: LRNSpec, _ x: [Float]) -> [Float] {
    let y = Buffer.dirty(x.count)
    ReferenceEngine().planLRN(spec).forward(input: Buffer(x), output: y)
    return y.values
  }

  @Test
  func dividesByTheSquaresOfNeighbouringChannels() {
    let spec = LRNSpec(
      region: .acrossChannels, size: 3, alpha: 3, beta: 1, k: 1, images: 1, channels: 3, height: 1, width: 1)
    // Scales: 1 + 1 + 4, 1 + 1 + 4 + 9, 1 + 4 + 9.
    let want: [Float] = [1 / 6, 2 / 15, 3 / 14]
    #expect(forward(spec, [1, 2, 3]) == want)
  }

  @Test
  func countsTheConstant() {
    let spec = LRNSpec(
      region: .acrossChannels, size: 1, alpha: 1, beta: 0.5, k: 5, images: 1, channels: 1, height: 1, width: 2)
    #expect(forward(spec, [2, 0]) == [2 / 3, 0])
  }

  @Test
  func dividesBySquaresAroundInTheSameChannel() {
    let spec = LRNSpec(
      region: .withinChannel, size: 3, alpha: 9, beta: 1, k: 1, images: 1, channels: 2, height: 1, width: 3)
    // Each sum of squares is divided by 9 whatever lies outside.
    let want: [Float] = [1 / 6, 2 / 15, 3 / 14, 1 / 3, 1 / 4, 1 / 3]
    #expect(forward(spec, [1, 2, 3, 1, 1, 1]) == want)
  }
}
