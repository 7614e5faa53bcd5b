import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

struct ReferenceConvolutionTests {
  private let engine = ReferenceEngine()

  private func forward(_ spec: ConvolutionSpec, _ x: [Float], _ w: [Float], _ b: [Float]? = nil) -> [Float] {
    let y = Buffer.dirty(spec.images * spec.outputCount)
    engine.planConvolution(spec).forward(input: Buffer(x), weights: Buffer(w), bias: b.map { Buffer($0) }, output: y)
    return y.values
  }

  @Test
  func slidesTheKernelWithoutFlippingIt() {
    let spec = ConvolutionSpec.square(1, 1, 1, input: 3, kernel: 2)
    #expect(forward(spec, [1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4], [0.5]) == [37.5, 47.5, 67.5, 77.5])
  }

  @Test
  func assumesZerosAroundTheImage() {
    let spec = ConvolutionSpec.square(1, 1, 1, input: 2, kernel: 3, stride: 1, padding: 1)
    let w: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    #expect(forward(spec, [1, 2, 3, 4], w) == [77, 67, 47, 37])
  }

  @Test
  func stepsByStrideAndDilation() {
    let spec = ConvolutionSpec(
      images: 1, inputChannels: 1, outputChannels: 1, input: [8], kernel: [3], stride: [3], padding: [0], dilation: [2])
    #expect(forward(spec, [1, 2, 3, 4, 5, 6, 7, 8], [1, 10, 100]) == [531, 864])
  }

  @Test
  func sumsOverChannelsAndRepeatsForImages() {
    let spec = ConvolutionSpec(
      images: 2, inputChannels: 2, outputChannels: 2, input: [2], kernel: [1], stride: [1], padding: [0],
      dilation: [1])
    #expect(forward(spec, [1, 2, 3, 4, 5, 6, 7, 8], [1, 10, 2, 20], [0, 100]) == [31, 42, 162, 184, 75, 86, 250, 272])
  }

  @Test
  func keepsGroupsApart() {
    let spec = ConvolutionSpec(
      images: 1, inputChannels: 4, outputChannels: 2, groups: 2, input: [1], kernel: [1], stride: [1], padding: [0],
      dilation: [1])
    #expect(forward(spec, [1, 2, 3, 4], [1, 10, 1, 10]) == [21, 43])
  }

  @Test
  func passesGradientsBackToWhatEachOutputSaw() {
    let spec = ConvolutionSpec(
      images: 1, inputChannels: 1, outputChannels: 1, input: [4], kernel: [2], stride: [2], padding: [1],
      dilation: [1])
    // Windows: (pad, 0), (1, 2), (3, pad).
    let (dx, dw, db) = (Buffer.dirty(4), Buffer([100, 200]), Buffer([1000]))
    let dy = Buffer([1, 2, 3])
    let plan = engine.planConvolution(spec)
    plan.backwardData(outputGradient: dy, weights: Buffer([5, 7]), inputGradient: dx)
    plan.backwardParameters(
      input: Buffer([1, 2, 3, 4]), outputGradient: dy, weightGradient: dw, biasGradient: db)
    #expect(dx.values == [7, 10, 14, 15])
    #expect(dw.values == [116, 207])
    #expect(db.values == [1006])
  }
}
