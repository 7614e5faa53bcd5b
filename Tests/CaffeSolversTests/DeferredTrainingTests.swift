import Caffe
import CaffeTestSupport
import Testing

/// Trainings on an engine that computes later, a device's stand-in: what is read when, and that nothing else is different.
struct DeferredTrainingTests {
  /// A convolution, pooling, and inner products, as in LeNet.
  private static let lenet = """
    layer {
      name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
      convolution_param { num_output: 4 kernel_size: 5 weight_filler { type: "xavier" } }
    }
    layer {
      name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
      pooling_param { pool: MAX kernel_size: 2 stride: 2 }
    }
    layer {
      name: "ip1" type: "InnerProduct" bottom: "pool1" top: "ip1"
      inner_product_param { num_output: 16 weight_filler { type: "xavier" } }
    }
    layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
    layer { name: "drop1" type: "Dropout" bottom: "ip1" top: "ip1" dropout_param { dropout_ratio: 0.2 } }
    layer {
      name: "scores" type: "InnerProduct" bottom: "ip1" top: "scores"
      inner_product_param { num_output: 4 weight_filler { type: "xavier" } }
    }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss" }
    """

  /// Two convolutions with batch normalisation around which the input is added, as in a ResNet.
  private static let residual = """
    layer {
      name: "conv0" type: "Convolution" bottom: "data" top: "conv0"
      convolution_param { num_output: 4 kernel_size: 3 pad: 1 weight_filler { type: "msra" } }
    }
    layer {
      name: "conv1" type: "Convolution" bottom: "conv0" top: "conv1"
      convolution_param { num_output: 4 kernel_size: 3 pad: 1 bias_term: false weight_filler { type: "msra" } }
    }
    layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "conv1" }
    layer { name: "scale1" type: "Scale" bottom: "conv1" top: "conv1" scale_param { bias_term: true } }
    layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
    layer { name: "sum" type: "Eltwise" bottom: "conv0" bottom: "conv1" top: "sum" }
    layer { name: "relu2" type: "ReLU" bottom: "sum" top: "sum" }
    layer {
      name: "pool" type: "Pooling" bottom: "sum" top: "pool" pooling_param { pool: AVE global_pooling: true }
    }
    layer {
      name: "scores" type: "InnerProduct" bottom: "pool" top: "scores"
      inner_product_param { num_output: 4 weight_filler { type: "xavier" } }
    }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss" }
    """

  /// A solver whose net takes batches of 8 pictures of 12 x 12 from memory, 64 of them.
  private func solver(
    _ layers: String, _ fields: String, on engine: any Engine, labels: (Int) -> Float = { Float($0 % 4) }
  ) throws -> (solver: Solver, log: RecordedLog) {
    let data = """
      layer {
        name: "data" type: "MemoryData" top: "data" top: "label"
        memory_data_param { batch_size: 8 channels: 1 height: 12 width: 12 }
      }

      """
    let training = try TinyTraining(net: data + layers, engine: engine)
    let solver = try training.solver(fields)
    let layer = try #require(solver.net.layer(named: "data") as? MemoryDataLayer)
    var stream = RandomStream(seed: 5)
    let pictures = (0..<64 * 144).map { Float(($0 / 144) % 4) * 0.5 + stream.nextUniform() }
    try layer.setData(pictures, labels: (0..<64).map(labels))
    return (solver, training.log)
  }

  private static let rules = [
    #"type: "SGD" momentum: 0.9"#, #"type: "Nesterov" momentum: 0.9"#, #"type: "AdaGrad""#,
    #"type: "RMSProp" rms_decay: 0.9"#, #"type: "AdaDelta" momentum: 0.9 delta: 1e-6"#,
    #"type: "Adam" momentum: 0.9"#
  ]

  @Test(arguments: rules) func itTrainsAsTheReferenceEngineDoes(_ rule: String) throws {
    let fields =
      #"\#(rule) base_lr: 0.02 lr_policy: "inv" gamma: 0.1 power: 0.75 weight_decay: 0.001 display: 4 average_loss: 3 "#
      + "max_iter: 12 random_seed: 3"
    for layers in [DeferredTrainingTests.lenet, DeferredTrainingTests.residual] {
      let want = try solver(layers, fields, on: ReferenceEngine())
      let got = try solver(layers, fields, on: CUDAEngine.standIn())
      try want.solver.solve()
      try got.solver.solve()
      for (mine, theirs) in zip(got.solver.net.learnable, want.solver.net.learnable) {
        let worst = zip(mine.blob.data.values, theirs.blob.data.values).map { abs($0 - $1) }.max() ?? 0
        #expect(worst < 2e-4, "\(mine.name)")
      }
      #expect(abs(got.solver.smoothedLoss - want.solver.smoothedLoss) < 1e-3)
    }
  }

  @Test(arguments: [lenet, residual]) func nothingIsCopiedButInputsUntilALossIsShown(_ layers: String) throws {
    let engine = try CUDAEngine.standIn()
    let training = try solver(layers, "momentum: 0.9 display: 10 max_iter: 1000", on: engine)
    let counter = CopyCounter(engine)
    training.solver.observers.append(counter)
    try training.solver.step(25)
    let steps = zip(counter.counts, counter.counts.dropFirst()).map { (before: $0, after: $1) }
    // The first iterations make plans and weights.
    for (iteration, step) in steps.enumerated() where iteration > 1 {
      #expect(step.after.toDevice - step.before.toDevice == 2, "iteration \(iteration)")
      #expect(step.after.bytesToDevice - step.before.bytesToDevice == (8 * 144 + 8) * 4, "iteration \(iteration)")
      let isShown = iteration % 10 == 0
      #expect((step.after.toHost > step.before.toHost) == isShown, "iteration \(iteration)")
    }
  }

  @Test func aLossThatIsNoNumberIsFoundWhenOneIsShown() throws {
    let engine = try CUDAEngine.standIn()
    let residual = DeferredTrainingTests.residual
    let training = try solver(residual, "base_lr: 1e20 display: 6 max_iter: 20", on: engine)
    let error = #expect(throws: CaffeError.self) { try training.solver.solve() }
    #expect(error?.code == .nonFinite)
    #expect(error?.message.contains("seen at iteration 6") == true, "\(error?.message ?? "")")
  }

  @Test func aLabelOutOfRangeNamesItsRecord() throws {
    let engine = try CUDAEngine.standIn()
    let training = try solver(DeferredTrainingTests.lenet, "display: 10 max_iter: 20", on: engine) {
      $0 == 21 ? 7 : 0
    }
    let error = #expect(throws: CaffeError.self) { try training.solver.solve() }
    #expect(error?.layer == "loss")
    for part in ["label 7", "4 classes", "item 5 of the batch"] {
      #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }
  }
}

/// Looks at a device's copies before each iteration.
private final class CopyCounter: SolverObserver {
  private let engine: CUDAEngine
  private(set) var counts: [CopyCount] = []

  init(_ engine: CUDAEngine) { self.engine = engine }

  func solverBeginsIteration(_ solver: Solver) throws { counts.append(engine.device.copies) }
}
