import Caffe
import CaffeTestSupport
import Testing

/// Gradients compared with differences of the loss while a net trains.
@Suite(.serialized) struct GradientCheckTests {
  private static let data = """
    layer {
      name: "data" type: "DummyData" top: "x" top: "t"
      dummy_data_param {
        shape { dim: 4 dim: 2 dim: 8 dim: 8 } shape { dim: 4 }
        data_filler { type: "gaussian" std: 1 } data_filler { type: "constant" value: 1 }
      }
    }
    """

  private static let convolutions = """
    \(data)
    layer { name: "shift" type: "Power" bottom: "x" top: "x" power_param { shift: 0.1 } }
    layer {
      name: "conv" type: "Convolution" bottom: "x" top: "c"
      convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } }
    }
    layer { name: "bn" type: "BatchNorm" bottom: "c" top: "n" batch_norm_param { moving_average_fraction: 0.9 } }
    layer { name: "relu" type: "ReLU" bottom: "n" top: "n" }
    layer { name: "pool" type: "Pooling" bottom: "n" top: "p" pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 } }
    layer { name: "drop" type: "Dropout" bottom: "p" top: "p" }
    layer {
      name: "ip" type: "InnerProduct" bottom: "p" top: "y"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } }
    }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "y" bottom: "t" top: "loss" }
    """

  private static let recurrent = """
    layer {
      name: "data" type: "DummyData" top: "x" top: "cont" top: "t"
      dummy_data_param {
        shape { dim: 3 dim: 2 dim: 4 } shape { dim: 3 dim: 2 } shape { dim: 3 dim: 2 dim: 5 }
        data_filler { type: "gaussian" std: 1 } data_filler { type: "constant" value: 1 }
        data_filler { type: "uniform" min: -1 max: 1 }
      }
    }
    layer {
      name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "y"
      recurrent_param { num_output: 5 weight_filler { type: "uniform" min: -0.5 max: 0.5 } }
    }
    layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 3 dim: 2 dim: 5 } } }
    layer { name: "sum" type: "Eltwise" bottom: "y" bottom: "w" top: "s" }
    layer { name: "loss" type: "EuclideanLoss" bottom: "s" bottom: "t" top: "loss" }
    """

  private func solver(_ net: String, _ training: TinyTraining, _ engine: any Engine, layers: [Layer.Type] = []) throws
    -> Solver
  {
    try training.folder.write(net, to: "net.prototxt")
    var context = training.context
    context.engine = engine
    for layer in layers { context.registry.register(layer) }
    let text = #"net: "net.prototxt" lr_policy: "fixed" base_lr: 0.05 momentum: 0.9 max_iter: 4 iter_size: 2 "#
    return try Solver(NetReader.parseSolver(text: text).solver, context: context)
  }

  @Test(arguments: [convolutions, recurrent]) func agreesAndLeavesTheTrainingAsItIs(net: String) throws {
    for engine in TestEngines.all {
      let training = try TinyTraining()
      let (plain, checked) = (try solver(net, training, engine), try solver(net, training, engine))
      let check = GradientCheck(samples: 4)
      checked.observers = [check]
      try plain.solve()
      try checked.solve()
      #expect(check.checked == 4)
      #expect(check.total.disagreements.isEmpty, "\(engine.name): \(check.total.disagreements)")
      #expect(check.total.compared >= 40)
      #expect(check.total.passedOver * 5 <= check.total.compared, "\(engine.name): \(check.summary)")
      let weights = [plain, checked].map { $0.net.parameters.map(\.blob.data.values) }
      #expect(weights[0] == weights[1], "\(engine.name)")
    }
  }

  @Test func aWrongGradientIsNamed() throws {
    let training = try TinyTraining()
    let solver = try solver(
      Self.data + """
        layer { name: "wrong" type: "Doubtful" bottom: "x" top: "y" }
        layer { name: "right" type: "InnerProduct" bottom: "y" top: "z" inner_product_param { num_output: 3 } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "z" bottom: "t" top: "loss" }
        """, training, ReferenceEngine(), layers: [DoubtfulLayer.self])
    try solver.net.layer(named: "right")?.blobs[0].setData((0..<384).map { Float($0 % 7) * 0.1 })
    let check = GradientCheck(iterations: 2)
    solver.observers = [check]
    try solver.solve()
    #expect(check.checked == 2)
    #expect(!check.total.disagreements.isEmpty)
    let first = try #require(check.total.disagreements.first)
    #expect(check.total.disagreements.allSatisfy { $0.layer == "wrong" && $0.parameter == "0" })
    #expect(abs(Double(first.gradient) - 1.1 * first.slope) < 0.02 * abs(first.slope))
    let said = try #require(training.log.warnings.first)
    #expect(
      said.hasPrefix("Gradient check, iteration 0: layer \"wrong\", parameter 0, value 0: the backward pass gives "))
    #expect(
      training.log.texts.contains {
        $0.hasPrefix("Gradient check, iteration 1: ") && $0.contains(" compared, 1 disagree")
      })
  }

  @Test func aLayerWithHiddenRandomnessIsRefusedOnce() throws {
    let training = try TinyTraining()
    let solver = try solver(
      Self.data + """
        layer { name: "dice" type: "Dice" bottom: "x" top: "y" }
        layer { name: "ip" type: "InnerProduct" bottom: "y" top: "z" inner_product_param { num_output: 3 } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "z" bottom: "t" top: "loss" }
        """, training, ReferenceEngine(), layers: [DiceLayer.self])
    let check = GradientCheck()
    solver.observers = [check]
    try solver.solve()
    #expect(check.checked == 0 && check.total.compared == 0)
    #expect(training.log.warnings.count == 1)
    #expect(training.log.warnings.first?.contains("layer \"dice\" gives other values every time") == true)
  }
}

/// y = w · x, with a gradient of w that is a tenth too large.
private final class DoubtfulLayer: Layer {
  override class var typeName: String { "Doubtful" }
  override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  override func setUp(bottom: [Blob], top: [Blob]) throws {
    blobs = [Blob([1])]
    blobs[0].data[0] = 1
  }
  override func reshape(bottom: [Blob], top: [Blob]) throws { top[0].reshape(to: bottom[0].shape) }
  override func forward(bottom: [Blob], top: [Blob]) throws {
    let weight = blobs[0].data[0]
    try top[0].setData(bottom[0].data.values.map { weight * $0 })
  }
  override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    blobs[0].diff[0] += 1.1 * zip(bottom[0].data.values, top[0].diff.values).map { $0 * $1 }.reduce(0, +)
  }
}

/// Adds another number at every forward.
private final class DiceLayer: Layer {
  private var rolls: Float = 0
  override class var typeName: String { "Dice" }
  override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  override func reshape(bottom: [Blob], top: [Blob]) throws { top[0].reshape(to: bottom[0].shape) }
  override func forward(bottom: [Blob], top: [Blob]) throws {
    rolls += 1
    try top[0].setData(bottom[0].data.values.map { $0 + rolls })
  }
}
