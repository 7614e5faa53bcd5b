import Caffe
import CaffeTestSupport
import Testing

@Suite(.serialized) struct MemoryForecastTests {
  private static func net(batch: Int, width: Int = 8) -> String {
    """
    name: "Small"
    layer { name: "data" type: "DummyData" top: "data" top: "label" dummy_data_param {
      shape { dim: \(batch) dim: 3 dim: \(width) dim: 8 } shape { dim: \(batch) } data_filler { type: "constant" value: 0.5 }
      data_filler { type: "constant" value: 1 } } }
    layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param {
      num_output: 16 kernel_size: 3 pad: 1 weight_filler { type: "xavier" } } }
    layer { name: "norm1" type: "BatchNorm" bottom: "conv1" top: "conv1" }
    layer { name: "scale1" type: "Scale" bottom: "conv1" top: "conv1" scale_param { bias_term: true } }
    layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
    layer { name: "lrn1" type: "LRN" bottom: "conv1" top: "lrn1" }
    layer { name: "left" type: "Convolution" bottom: "lrn1" top: "left" convolution_param {
      num_output: 16 kernel_size: 1 weight_filler { type: "xavier" } } }
    layer { name: "sum" type: "Eltwise" bottom: "lrn1" bottom: "left" top: "sum" }
    layer { name: "pool" type: "Pooling" bottom: "sum" top: "pool" pooling_param { kernel_size: 2 stride: 2 } }
    layer { name: "drop" type: "Dropout" bottom: "pool" top: "dropped" }
    layer { name: "ip" type: "InnerProduct" bottom: "dropped" top: "ip" inner_product_param {
      num_output: 5 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
    """
  }

  private func solver(_ net: String, _ lines: String = "") throws -> SolverFile {
    let file = try NetReader.parseNet(text: net, fileName: "net.prototxt")
    var read = try NetReader.parseSolver(
      text: "base_lr: 0.01 lr_policy: \"fixed\" max_iter: 10 \(lines)", fileName: "solver.prototxt")
    read.solver.netParam = file.net
    return read
  }

  private func context(_ engine: CPUEngine) -> Context {
    Context(engine: engine, phase: .train, registry: .standard, random: RandomSource(seed: 1))
  }

  private func forecast(threads: Int = 2) -> MemoryForecast {
    MemoryForecast(context: context(CPUEngine(threads: threads).rehearsing))
  }

  /// 3·16·9 + 16, twice 16 and 1 of BatchNorm, twice 16 of Scale, 16·16 + 16, 5·16·4·4 + 5.
  private let parameterCount = 448 + 33 + 32 + 272 + 1285

  @Test func parametersGradientsAndHistoriesAreWhatTheyAre() throws {
    let adam = try forecast().training(by: solver(Self.net(batch: 16), "type: \"Adam\" ema_decay: 0.9"))
    #expect(adam[.parameters] == 4 * parameterCount)
    #expect(adam[.gradients] == 4 * parameterCount)
    #expect(adam[.history] == 4 * parameterCount * 3)
    let sgd = try forecast().training(by: solver(Self.net(batch: 16)))
    #expect(sgd[.history] == 4 * parameterCount)
  }

  /// What a training that is really run takes of its arena, and keeps beside.
  @Test func activationsAreThoseOfARealTraining() throws {
    for batch in [1, 16, 33] {
      let read = try solver(Self.net(batch: batch), "momentum: 0.9 test_iter: 1 test_interval: 100")
      let told = try forecast().training(by: read)
      let real = try Solver(read.solver, context: context(CPUEngine(threads: 2)))
      real.reuseActivationMemory()
      try real.step(3)
      let nets = [real.net] + real.testNets
      let arena = try #require(nets[0].blobs.lazy.compactMap(\.data.arena).first)
      let buffers = nets.flatMap { $0.blobs.flatMap { [$0.data, $0.diff] } }
      let kept = Dictionary(buffers.map { (ObjectIdentifier($0), $0) }) { first, _ in first }
        .values.filter { $0.arena == nil }.reduce(0) { $0 + $1.hostByteCount }
      #expect(told[.activations] == arena.peak + kept, "batch \(batch)")
    }
  }

  @Test func aTestTakesLessThanATraining() throws {
    let file = try solver(Self.net(batch: 16))
    let (training, test) = (try forecast().training(by: file), try forecast().testing(forecast().testedNet(of: file)))
    #expect(test[.gradients] == 0 && test[.history] == 0)
    #expect(test[.parameters] == training[.parameters])
    #expect(test.peak < training.peak)
  }

  @Test func aBatchCanBeGiven() throws {
    var larger = forecast()
    larger.batch = 64
    let (file, given) = (try solver(Self.net(batch: 16)), try solver(Self.net(batch: 64)))
    #expect(try larger.training(by: file) == forecast().training(by: given))
  }

  @Test func aNetThatNoMachineHoldsIsToldOfAtOnce() throws {
    let told = try forecast().training(by: solver(Self.net(batch: 1 << 16, width: 512)))
    // Values and gradients of 16 channels, twice, alone.
    #expect(told[.activations] > 1 << 36)
  }

  @Test func aSnapshotTakesAMessageOfTheLargestLayer() throws {
    let file = try solver(Self.net(batch: 16), "snapshot_prefix: \"small\"")
    #expect(try forecast().training(by: file)[.files] == 2 * 4 * 1285)
    #expect(try forecast().training(by: solver(Self.net(batch: 16)))[.files] == 0)
  }

  @Test func aNetWithoutLossHasNothingToTrain() throws {
    let net = """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 } } }
      layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 2 } }
      """
    #expect(throws: CaffeError.self) { try forecast().training(by: solver(net)) }
    #expect(try forecast().testing(NetReader.parseNet(text: net)).peak > 0)
  }
}
