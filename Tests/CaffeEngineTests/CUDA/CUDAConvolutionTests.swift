import CCUDA
import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

/// How the CUDA engine computes convolutions.
struct CUDAConvolutionTests {
  private let cases = EngineCase.convolutions + EngineCase.finished

  private func expectAgreement(_ engine: any Engine) {
    let results = EngineComparison.compare(engine, against: ReferenceEngine(), cases: cases)
    #expect(results.filter { !$0.passed }.map(\.line) == [])
  }

  @Test(arguments: [0, 2000, 6000, 20_000])
  func agreesWhereTheWorkspaceHasRoomForFewImages(_ limit: Int) throws {
    var options = CUDAOptions()
    options.workspaceLimit = limit
    expectAgreement(try CUDAEngine.standIn(options))
  }

  @Test
  func agreesWhereEachTimeMustGiveTheSame() throws {
    var options = CUDAOptions()
    options.isDeterministic = true
    expectAgreement(try CUDAEngine.standInWithCuDNN(options))
  }

  @Test
  func methodsTellHow() throws {
    let wide = ConvolutionSpec.square(2, 3, 4, input: 5, kernel: 3)
    let point = ConvolutionSpec.square(2, 3, 4, input: 5, kernel: 1)
    let depthwise = ConvolutionSpec.square(2, 4, 4, groups: 4, input: 5, kernel: 3)
    let four = ConvolutionSpec(
      images: 1, inputChannels: 1, outputChannels: 1, input: [3, 3, 3, 3], kernel: [2, 2, 2, 2],
      stride: [1, 1, 1, 1], padding: [0, 0, 0, 0], dilation: [1, 1, 1, 1])
    let (plain, withCuDNN) = (try CUDAEngine.standIn(), try CUDAEngine.standInWithCuDNN())
    #expect(try plain.planConvolution(wide).method == "im2col and cuBLAS")
    #expect(try plain.planConvolution(point).method == "cuBLAS")
    #expect(try plain.planConvolution(depthwise).method == "depthwise")
    #expect(try withCuDNN.planConvolution(wide).method == "cuDNN")
    #expect(try withCuDNN.planConvolution(four).method == "im2col and cuBLAS")
    var options = CUDAOptions()
    options.workspaceLimit = 32
    let narrow = try CUDAEngine.standInWithCuDNN(options)
    #expect(try narrow.planConvolution(wide).method == "im2col and cuBLAS")
  }

  @Test
  func tooManyAxesAreAnError() throws {
    let ones = Array(repeating: 1, count: 11)
    let spec = ConvolutionSpec(
      images: 1, inputChannels: 1, outputChannels: 1, input: ones, kernel: ones, stride: ones,
      padding: ones.map { _ in 0 }, dilation: ones)
    let engine = try CUDAEngine.standIn()
    let error = #expect(throws: CaffeError.self) { try engine.planConvolution(spec) }
    #expect(try #require(error).message.contains("11 axes"))
  }

  @Test
  func theFastestAlgorithmThatFitsIsTaken() {
    func told(_ number: Int32, status: Int32 = 0, bytes: Int = 0, determinism: Int32 = 1) -> caffe_cudnn_performance {
      caffe_cudnn_performance(
        algorithm: number, status: status, milliseconds: Float(number), bytes: bytes, determinism: determinism,
        math: 3, reserved: (0, 0, 0))
    }
    let all = [
      told(0, status: 3000), told(1, bytes: 2000), told(2, bytes: 500, determinism: 0), told(3, bytes: 900), told(4)
    ]
    func best(_ isDeterministic: Bool, _ limit: Int) -> Int32? {
      CuDNNAlgorithm.best(of: all, isDeterministic: isDeterministic, limit: limit)?.algorithm
    }
    #expect(best(false, 4000) == 1)
    #expect(best(false, 1000) == 2)
    #expect(best(true, 1000) == 3)
    #expect(best(true, 100) == 4)
    #expect(CuDNNAlgorithm.best(of: [], isDeterministic: false, limit: 100) == nil)
  }
}
