import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

struct ReferencePoolingTests {
  private let engine = ReferenceEngine()

  private func square(
    _ method: PoolingSpec.Method, input: Int, kernel: Int, stride: Int, padding: Int = 0
  ) -> PoolingSpec {
    .rounded(
      method, images: 1, channels: 1, input: [input, input], kernel: [kernel, kernel], stride: [stride, stride],
      padding: [padding, padding])
  }

  @Test
  func theFirstOfEqualMaximaWins() {
    let plan = engine.planPooling(square(.max, input: 3, kernel: 2, stride: 2))
    let (y, mask, dx) = (Buffer.dirty(4), Buffer.dirty(4), Buffer.dirty(9))
    plan.forward(input: Buffer([5, 5, 1, 5, 2, 1, -3, -3, -9]), output: y, mask: mask)
    #expect(y.values == [5, 1, -3, -9])
    #expect(mask.values == [0, 2, 6, 8])
    plan.backward(outputGradient: Buffer([1, 2, 3, 4]), inputGradient: dx)
    #expect(dx.values == [1, 0, 2, 0, 0, 0, 3, 0, 4])
  }

  @Test
  func overlappingWindowsAddTheirGradients() {
    let plan = engine.planPooling(square(.max, input: 3, kernel: 2, stride: 1))
    let (y, dx) = (Buffer.dirty(4), Buffer.dirty(9))
    plan.forward(input: Buffer([0, 0, 0, 0, 9, 0, 0, 0, 0]), output: y, mask: nil)
    plan.backward(outputGradient: Buffer([1, 2, 3, 4]), inputGradient: dx)
    #expect(dx.values == [0, 0, 0, 0, 10, 0, 0, 0, 0])
  }

  @Test
  func meansCountPaddingButNothingBeyondIt() {
    // Rows and columns of the windows: -1...1, then 1...3 of an image of 0...2 with padding to 3.
    let spec = PoolingSpec(
      method: .average, images: 1, channels: 1, input: [3, 3], kernel: [3, 3], stride: [2, 2], padding: [1, 1],
      output: [2, 2])
    let y = Buffer.dirty(4)
    engine.planPooling(spec).forward(input: Buffer([1, 2, 3, 4, 5, 6, 7, 8, 9]), output: y, mask: nil)
    let want: [Float] = [12 / 9, 16 / 9, 24 / 9, 28 / 9]
    #expect(y.values == want)
  }

  @Test
  func meansOfAnOverhangAreDividedByWhatIsThere() {
    let plan = engine.planPooling(square(.average, input: 3, kernel: 2, stride: 2))
    let (y, dx) = (Buffer.dirty(4), Buffer.dirty(9))
    plan.forward(input: Buffer([1, 2, 3, 4, 5, 6, 7, 8, 9]), output: y, mask: nil)
    #expect(y.values == [3, 4.5, 7.5, 9])
    plan.backward(outputGradient: Buffer([4, 2, 6, 5]), inputGradient: dx)
    #expect(dx.values == [1, 1, 1, 1, 1, 1, 3, 3, 5])
  }

  @Test
  func emptyWindowsTakeNothingAndGiveNothing() {
    // The third window starts where the image of 4 ends.
    let spec = PoolingSpec(
      method: .max, images: 1, channels: 1, input: [1, 4], kernel: [1, 1], stride: [1, 2], padding: [0, 0],
      output: [1, 3])
    let plan = engine.planPooling(spec)
    let (y, mask, dx) = (Buffer.dirty(3), Buffer.dirty(3), Buffer.dirty(4))
    plan.forward(input: Buffer([1, 2, 3, 4]), output: y, mask: mask)
    #expect(y.values == [1, 3, -Float.greatestFiniteMagnitude])
    #expect(mask.values == [0, 2, -1])
    plan.backward(outputGradient: Buffer([1, 1, 1]), inputGradient: dx)
    #expect(dx.values == [1, 0, 1, 0])
  }
}
