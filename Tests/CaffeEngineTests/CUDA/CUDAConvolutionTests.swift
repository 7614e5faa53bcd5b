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
  func whyThereIsNoCuDNNIsSaidOnce() throws {
    var libraries = CUDALibraries.standIn
    libraries.cudnnFault = CaffeError(.unsupported, "cuDNN isn't there")
    let log = RecordedLog()
    for ordinal in 0..<2 { _ = try CUDAEngine.standIn(ordinal: ordinal, logger: log.logger, libraries: libraries) }
    #expect(log.lines.map(\.text) == ["Convolutions by cuBLAS, which is slower: cuDNN isn't there"])
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
  func algorithmsThatWorkAreTakenInTheOrderTold() {
    func told(_ number: Int32, status: Int32 = 0, bytes: Int = 0, determinism: Int32 = 1) -> caffe_cudnn_performance {
      caffe_cudnn_performance(
        algorithm: number, status: status, milliseconds: Float(number), bytes: bytes, determinism: determinism,
        math: 3, reserved: (0, 0, 0))
    }
    let all = [
      told(0, status: 3000), told(1, bytes: 2000), told(2, bytes: 500, determinism: 0), told(3, bytes: 900), told(4)
    ]
    let pass = ConvolutionPass(spec: .square(2, 3, 4, input: 5, kernel: 3), kind: .forward)
    func usable(_ isDeterministic: Bool, _ limit: Int) -> [Int32] {
      var options = CUDAOptions()
      (options.isDeterministic, options.workspaceLimit) = (isDeterministic, limit)
      return CuDNNAlgorithm.usable(of: all, for: pass, options).map(\.algorithm)
    }
    #expect(usable(false, 4000) == [1, 2, 3, 4])
    #expect(usable(false, 1000) == [2, 3, 4])
    #expect(usable(true, 1000) == [3, 4])
    #expect(usable(true, 100) == [4])
  }

  @Test
  func algorithmsThatLoseDigitsAreLeftOut() {
    let winograd = caffe_cudnn_performance(
      algorithm: 5, status: 0, milliseconds: 1, bytes: 0, determinism: 1, math: 3, reserved: (0, 0, 0))
    func isUsable(_ kind: ConvolutionPass.Kind, kernel: Int, tf32: Bool) -> Bool {
      var options = CUDAOptions()
      options.usesTF32 = tf32
      let pass = ConvolutionPass(spec: .square(2, 3, 4, input: 7, kernel: kernel), kind: kind)
      return !CuDNNAlgorithm.usable(of: [winograd], for: pass, options).isEmpty
    }
    #expect(!isUsable(.filter, kernel: 5, tf32: true))
    #expect(!isUsable(.filter, kernel: 3, tf32: false))
    #expect(isUsable(.filter, kernel: 3, tf32: true))
    #expect(isUsable(.data, kernel: 3, tf32: false))
    #expect(!isUsable(.data, kernel: 5, tf32: false))
    #expect(isUsable(.forward, kernel: 5, tf32: false))
  }

  @Test
  func waysThatFailAreNotTaken() throws {
    let engine = try CUDAEngine.standInWithCuDNN()
    let device = engine.device
    let broken = ConvolutionWay.library(CuDNNAlgorithm(number: 0, math: 3, bytes: 0))
    func trial(_ way: ConvolutionWay) { device.call(0, "a trial", by: .cudnn) { way == broken ? 1 : 0 } }
    #expect(device.quickest(of: [broken, .products], trial) == .products)
    #expect(device.quickest(of: [broken], trial) == nil)
    try engine.check()
  }

  @Test
  func aConvolutionIsTriedOnce() throws {
    let engine = try CUDAEngine.standInWithCuDNN()
    let spec = ConvolutionSpec.square(2, 3, 4, input: 5, kernel: 3)
    let (x, w, y) = (
      Buffer(count: 2 * spec.inputCount), Buffer(count: spec.weightCount), Buffer(count: 2 * spec.outputCount)
    )
    try engine.planConvolution(spec).forward(input: x, weights: w, bias: nil, output: y)
    engine.submit()
    let before = engine.device.started
    try engine.planConvolution(spec).forward(input: x, weights: w, bias: nil, output: y)
    engine.submit()
    #expect(engine.device.started - before <= 3)
  }

  @Test
  func everyWayIsTriedAndHeldToTheReference() throws {
    let engine = try CUDAEngine.standInWithCuDNN()
    for (name, spec) in ConvolutionWays.small {
      let results = ConvolutionWays.compare(engine, against: ReferenceEngine(), name, spec)
      #expect(results.filter { !$0.passed }.map(\.line) == [])
      // Two algorithms and products; the output and the gradients of three inputs each time.
      #expect(results.count == 3 * 4)
    }
  }

  @Test
  func anAlgorithmThatIsWrongFailsAlone() throws {
    var libraries = CUDALibraries.standInWithCuDNN
    // Algorithm 1 leaves what was there.
    libraries.cudnn?.backwardData = {
      guard $7 != 1, let cudnn = CUDALibraries.standInWithCuDNN.cudnn else { return 0 }
      return cudnn.backwardData($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    }
    let (name, spec) = ConvolutionWays.small[0]
    let engine = try CUDAEngine.standIn(libraries: libraries)
    let results = ConvolutionWays.compare(engine, against: ReferenceEngine(), name, spec)
    #expect(results.filter { !$0.passed }.map(\.output) == ["gradient of input"])
  }
}
