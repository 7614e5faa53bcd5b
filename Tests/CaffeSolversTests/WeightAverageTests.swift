import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// The moving average of the weights: its values, where it is used, and that the weights themselves are never lost.
struct WeightAverageTests {
  private static let fields = #"base_lr: 0.01 momentum: 0.5 snapshot_prefix: "run" ema_decay: 0.4 "#

  /// The weights after each update, and their average by the formula.
  private func averages(_ weights: [Float], decay: Float = 0.4) -> [Float] {
    var average = weights[0]
    return weights.enumerated().map { index, weight in
      let share = min(decay, Float(1 + index) / Float(10 + index))
      average = share * average + (1 - share) * weight
      return average
    }
  }

  private func weight(inFile file: String, of training: TinyTraining) throws -> Float {
    let net = try NetReader.readWeights(file: training.folder.file(file)).net
    let blob = try #require(net.layer.first { $0.name == "w" }?.blobs.first)
    return try #require(try blob.values().first)
  }

  /// The weight by which a test run's loss, half of (2w − 4)², comes about.
  private func tested(_ report: TestReport) -> Float { 2 - (2 * report.outputs[0].value).squareRoot() / 2 }

  @Test func testsUseTheAverageAndTrainingDoesNot() throws {
    let plain = try TinyTraining().solver("base_lr: 0.01 momentum: 0.5 max_iter: 9")
    let solver = try TinyTraining().solver(Self.fields + "max_iter: 9 test_iter: 1 test_interval: 1")
    var weights: [Float] = []
    for _ in 0..<6 {
      try plain.step(1)
      try solver.step(1)
      weights.append(TinyTraining.weight(plain))
      #expect(TinyTraining.weight(solver) == weights.last)
      let average = try #require(averages(weights).last)
      #expect(abs(tested(try solver.test()[0]) - average) < 1e-5)
      #expect(TinyTraining.weight(solver) == weights.last)
    }
  }

  @Test(arguments: ["BINARYPROTO", "HDF5"])
  func snapshotsHoldBoth(format: String) throws {
    let ending = format == "HDF5" ? ".h5" : ""
    let training = try TinyTraining()
    let solver = try training.solver(Self.fields + "snapshot_format: \(format) max_iter: 3")
    var weights: [Float] = []
    for _ in 0..<3 {
      try solver.step(1)
      weights.append(TinyTraining.weight(solver))
    }
    let files = try solver.snapshot()
    #expect(files.averagedModel == "run_iter_3_ema.caffemodel\(ending)")
    let other = try training.solver("max_iter: 1")
    try other.net.loadWeights(file: files.model)
    #expect(TinyTraining.weight(other) == weights[2])
    try other.net.loadWeights(file: try #require(files.averagedModel))
    #expect(abs(TinyTraining.weight(other) - averages(weights)[2]) < 1e-6)
    #expect(try training.solver(#"snapshot_prefix: "x""#).snapshot().averagedModel == nil)
  }

  /// On every engine, whose plans may keep weights in forms of their own: the test net gives what the average in a net of its
  /// own gives.
  @Test func plansFollowTheAverage() throws {
    let net = """
      layer {
        name: "x" type: "DummyData" top: "x" top: "t"
        dummy_data_param {
          shape { dim: 4 dim: 16 dim: 6 dim: 6 } shape { dim: 4 dim: 32 dim: 4 dim: 4 }
          data_filler { type: "constant" value: 0.5 } data_filler { type: "constant" value: 2 }
        }
      }
      layer {
        name: "w" type: "Convolution" bottom: "x" top: "y"
        convolution_param { num_output: 32 kernel_size: 3 weight_filler { type: "gaussian" std: 0.1 } }
      }
      layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
      """
    let training = try TinyTraining(net: net)
    let text = """
      net: "net.prototxt" base_lr: 0.002 momentum: 0.9 lr_policy: "fixed" max_iter: 99 test_iter: 1 test_interval: 1
      snapshot_prefix: "run" ema_decay: 0.9
      """
    for engine in TestEngines.all {
      var context = training.context
      context.engine = engine
      let solver = try Solver(NetReader.parseSolver(text: text).solver, context: context)
      try solver.step(5)
      let files = try solver.snapshot()
      context.phase = .test
      for _ in 0..<2 {
        let averaged = try Net(file: "net.prototxt", context: context)
        try averaged.loadWeights(file: try #require(files.averagedModel))
        let weighted = try Net(file: "net.prototxt", context: context)
        try weighted.loadWeights(file: files.model)
        let (want, other) = (try averaged.forward(), try weighted.forward())
        #expect(want != other)
        #expect(try solver.test()[0].outputs[0].value == want, "\(engine.name)")
        // The trained net's own plans see the weights again.
        #expect(try solver.net.forward() == other, "\(engine.name)")
      }
    }
  }

  @Test func aSnapshotDuringATestHoldsTheWeights() throws {
    let training = try TinyTraining()
    let solver = try training.solver(Self.fields + "max_iter: 3 test_iter: 2 test_interval: 9")
    try solver.step(2)
    let weight = TinyTraining.weight(solver)
    var requests: [SolverRequest] = [.snapshot]
    solver.nextRequest = { requests.popLast() ?? .none }
    try solver.test()
    #expect(try self.weight(inFile: "run_iter_2.caffemodel", of: training) == weight)
    #expect(try self.weight(inFile: "run_iter_2_ema.caffemodel", of: training) != weight)
    #expect(TinyTraining.weight(solver) == weight)
  }

  @Test func anErrorInATestLeavesTheWeights() throws {
    let training = try TinyTraining()
    let solver = try training.solver(Self.fields + "max_iter: 3 test_iter: 2 test_interval: 9")
    try solver.step(2)
    let weight = TinyTraining.weight(solver)
    // The snapshot that is asked for in the midst of a test can't be written.
    let target = training.folder.file("run_iter_2_ema.caffemodel")
    try FileManager.default.createDirectory(atPath: target + "/x", withIntermediateDirectories: true)
    solver.nextRequest = { .snapshot }
    #expect(throws: CaffeError.self) { try solver.test() }
    #expect(TinyTraining.weight(solver) == weight)
    solver.nextRequest = { .none }
    #expect(try solver.test().count == 1)
  }

  @Test func theCheckpointsRecordGoesOnBitForBit() throws {
    let training = try TinyTraining()
    let whole = try training.solver(Self.fields + "max_iter: 9 test_iter: 1 test_interval: 99")
    try whole.step(3)
    let record = try #require(whole.checkpointedStates.first).checkpoint()
    let files = try whole.snapshot()
    try whole.step(3)

    let resumed = try training.solver(Self.fields + "max_iter: 9 test_iter: 1 test_interval: 99")
    try resumed.restore(from: files.state)
    try #require(resumed.checkpointedStates.first).restoration(of: record)()
    try resumed.step(3)
    #expect(TinyTraining.weight(resumed) == TinyTraining.weight(whole))
    #expect(try resumed.test().map(\.outputs) == whole.test().map(\.outputs))
  }

  @Test func aStateAloneBeginsANewAverage() throws {
    let training = try TinyTraining()
    let fields = Self.fields + "snapshot_diff: true max_iter: 9 test_iter: 1 test_interval: 99"
    let whole = try training.solver(fields)
    try whole.step(3)
    let files = try whole.snapshot()
    try FileManager.default.removeItem(atPath: training.folder.file(files.checkpoint))
    let resumed = try training.solver(fields)
    try resumed.step(1)
    try resumed.restore(from: files.state)
    #expect(abs(tested(try resumed.test()[0]) - TinyTraining.weight(whole)) < 1e-5)
    try resumed.step(1)
    #expect(abs(tested(try resumed.test()[0]) - TinyTraining.weight(resumed)) < 1e-5)
  }

  @Test func aRecordOfAnotherNetIsRefused() throws {
    let solver = try TinyTraining().solver(Self.fields + "max_iter: 9")
    try solver.step(2)
    let state = try #require(solver.checkpointedStates.first)
    var record = state.checkpoint()
    record.arrays["0"] = [1, 2]
    #expect(throws: CaffeError.self) { try state.restoration(of: record) }
    record.arrays = [:]
    #expect(throws: CaffeError.self) { try state.restoration(of: record) }
  }

  @Test(arguments: ["-0.1", "1", "nan"])
  func aShareOutOfRange(value: String) throws {
    let message = try TinyTraining().message("max_iter: 1 ema_decay: \(value)")
    #expect(message.contains("ema_decay: \(value) in the solver; give a number from 0"), "\(message)")
  }
}
