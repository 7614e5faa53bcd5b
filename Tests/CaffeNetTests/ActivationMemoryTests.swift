import Caffe
import CaffeTestSupport
import Testing

struct ActivationMemoryTests {
  private static let chain = """
    layer { name: "data" type: "Input" top: "data" top: "label" input_param { shape { dim: 16 dim: 3 dim: 8 dim: 8 } shape { dim: 16 } } }
    layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param {
      num_output: 16 kernel_size: 3 pad: 1 weight_filler { type: "xavier" } } }
    layer { name: "norm1" type: "BatchNorm" bottom: "conv1" top: "conv1" }
    layer { name: "scale1" type: "Scale" bottom: "conv1" top: "conv1" scale_param { bias_term: true } }
    layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
    layer { name: "left" type: "Convolution" bottom: "conv1" top: "left" convolution_param {
      num_output: 16 kernel_size: 1 weight_filler { type: "xavier" } } }
    layer { name: "sum" type: "Eltwise" bottom: "conv1" bottom: "left" top: "sum" }
    layer { name: "relu2" type: "ReLU" bottom: "sum" top: "sum" }
    layer { name: "pool" type: "Pooling" bottom: "sum" top: "pool" pooling_param { kernel_size: 2 stride: 2 } }
    layer { name: "flat" type: "Flatten" bottom: "pool" top: "flat" }
    layer { name: "drop" type: "Dropout" bottom: "flat" top: "dropped" }
    layer { name: "ip" type: "InnerProduct" bottom: "dropped" top: "ip" inner_product_param {
      num_output: 5 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
    """

  private func net(_ engine: any Engine, _ phase: Phase = .train, text: String = chain) throws -> Net {
    let file = try NetReader.parseNet(text: text, fileName: "net.prototxt")
    let context = Context(engine: engine, phase: phase, registry: .standard, random: RandomSource(seed: 3))
    return try Net(file.net, context: context, locations: file.layerLocations)
  }

  private func fill(_ net: Net, seed: UInt64) throws {
    var random = RandomStream(seed: seed)
    try net.blob(named: "data")?.setData(random.values(16 * 192))
    try net.blob(named: "label")?.setData((0..<16).map { Float($0 % 5) })
  }

  /// The loss and all gradients of three iterations.
  private func results(_ net: Net) throws -> [[Float]] {
    try (UInt64(0)..<3).flatMap { iteration in
      try fill(net, seed: iteration)
      net.clearGradients()
      let loss = try net.forward()
      try net.backward()
      return [[loss]] + net.learnable.map(\.blob.diff.values)
    }
  }

  @Test func aTrainingIsTheSameToTheBit() throws {
    for engine in TestEngines.all {
      let reusing = try net(engine)
      reusing.setActivationMemory(.reusedByTraining)
      #expect(try results(reusing) == results(net(engine)))
    }
  }

  @Test func aTestIsTheSameToTheBit() throws {
    for engine in TestEngines.all {
      let (kept, reusing) = (try net(engine, .test), try net(engine, .test))
      reusing.setActivationMemory(.reusedByForward, keeping: ["pool"])
      for seed in UInt64(0)..<3 {
        for net in [kept, reusing] { try fill(net, seed: seed) }
        #expect(try kept.forward() == reusing.forward())
        #expect(kept.blob(named: "pool")?.data.values == reusing.blob(named: "pool")?.data.values)
      }
    }
  }

  @Test func lessMemoryIsTakenAndItIsGivenBack() throws {
    let arena = MemoryArena()
    let (training, test) = (try net(CPUEngine()), try net(CPUEngine(), .test))
    training.setActivationMemory(.reusedByTraining, in: arena)
    test.setActivationMemory(.reusedByForward, in: arena)
    // What the values and gradients take otherwise: those of splits and of a Flatten share a buffer.
    var counts: [ObjectIdentifier: Int] = [:]
    for blob in training.blobs {
      for buffer in [blob.data, blob.diff] { counts[ObjectIdentifier(buffer)] = buffer.count * 4 }
    }
    let all = counts.values.reduce(0, +)
    _ = try results(training)
    let peak = arena.peak
    // The normalization, which works in-place, has exchanged memory of its own for one blob's.
    let exchanged = 4 * (training.blob(named: "conv1")?.count ?? 0)
    #expect(arena.used <= exchanged)
    #expect(peak > 0 && Double(peak) < 0.8 * Double(all), "\(peak) of \(all) bytes")
    _ = try results(training)
    try fill(test, seed: 1)
    _ = try test.forward()
    #expect(arena.peak == peak, "a second training and a test fit where the first one was")
    #expect(arena.used <= exchanged)
  }

  @Test func partsOfANetKeepTheirValues() throws {
    let (kept, reusing) = (try net(CPUEngine()), try net(CPUEngine()))
    reusing.setActivationMemory(.reusedByTraining)
    for net in [kept, reusing] {
      try fill(net, seed: 1)
      try net.forward(from: 0, through: 3)
      try net.forward(from: 4)
      try net.backward(from: net.layers.count - 1, through: 6)
    }
    for name in ["conv1", "sum", "pool", "ip"] {
      let (want, got) = (try #require(kept.blob(named: name)), try #require(reusing.blob(named: name)))
      #expect(got.data.values == want.data.values && got.diff.values == want.diff.values)
    }
    #expect(try results(reusing) == results(kept))
  }

  @Test func theOriginOfWhatIsNotFiniteIsFoundAllTheSame() throws {
    let text = Self.chain.replacing("\"ReLU\"", with: "\"Log\"").replacing(
      "{ kernel_size: 2", with: "{ pool: AVE kernel_size: 2")
    let net = try net(CPUEngine(), .test, text: text)
    net.setActivationMemory(.reusedByForward)
    try fill(net, seed: 1)
    let loss = try net.forward()
    #expect(!loss.isFinite)
    #expect(try net.firstNonFiniteValue()?.layer == "relu1")
  }

  @Test func gradientsThatAreNotFiniteAreFoundAllTheSame() throws {
    let net = try net(CPUEngine())
    net.setActivationMemory(.reusedByTraining)
    try fill(net, seed: 1)
    // The weights of one layer: its values overflow nowhere, its gradients do.
    net.layer(named: "left")?.blobs[0].data.set(Array(repeating: 0, count: 256))
    net.layer(named: "left")?.blobs[0].data[0] = 1e-30
    net.layer(named: "ip")?.blobs[0].data.set(Array(repeating: 3e38, count: 1280))
    net.clearGradients()
    try net.forward()
    try net.backward()
    let before = net.learnable.map { $0.blob.diff.values.map(\.bitPattern) }
    _ = try net.firstNonFiniteGradient()
    #expect(net.learnable.map { $0.blob.diff.values.map(\.bitPattern) } == before)
  }

  @Test func aLayerThatWritesOverItsDataKeepsEverything() throws {
    let text = Self.chain.replacing(
      "layer { name: \"conv1\"",
      with:
        "layer { name: \"scale\" type: \"Power\" bottom: \"data\" top: \"data\" power_param { scale: 0.5 } }\nlayer { name: \"conv1\""
    )
    let net = try net(CPUEngine(), text: text)
    net.setActivationMemory(.reusedByTraining)
    _ = try results(net)
    #expect(net.blob(named: "sum")?.data.values.contains { $0 != 0 } == true)
  }
}
