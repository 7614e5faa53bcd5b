import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// A loss or a gradient that is no finite number: what is said, and what becomes of the training.
struct NonFiniteTests {
  /// y = w·x over a series of x in memory, one a batch, with 4 as target; w starts at 1.
  private func solver(
    _ series: [Float], _ policy: NonFinitePolicy, _ fields: String, between: String = "", training: TinyTraining
  ) throws -> Solver {
    let read = between.isEmpty ? "x" : "z"
    try training.folder.write(
      """
      layer {
        name: "data" type: "MemoryData" top: "x" top: "t"
        memory_data_param { batch_size: 1 channels: 1 height: 1 width: 1 }
      }
      \(between)
      layer {
        name: "w" type: "InnerProduct" bottom: "\(read)" top: "y"
        inner_product_param { num_output: 1 bias_term: false weight_filler { type: "constant" value: 1 } }
      }
      layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
      """, to: "net.prototxt")
    let solver = try training.solver("base_lr: 0.01 \(fields)")
    let data = try #require(solver.net.layer(named: "data") as? MemoryDataLayer)
    try data.setData(series, labels: [Float](repeating: 4, count: series.count))
    solver.nonFinitePolicy = policy
    return solver
  }

  @Test func theErrorNamesIterationLayerBlobIndexAndRecord() throws {
    let solver = try solver([2, 2, .nan, 2], .stop, "max_iter: 4", training: TinyTraining())
    let error = #expect(throws: CaffeError.self) { try solver.solve() }
    #expect(error?.code == .nonFinite)
    for part in [
      "the loss is nan at iteration 2", #"value 0 of top "x" of layer "data" (nan"#, "number 2 of the data in memory",
      "lower base_lr"
    ] {
      #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }
    #expect(solver.iteration == 2)
  }

  @Test func aSkippedIterationChangesNothing() throws {
    let training = try TinyTraining()
    let interrupted = try solver([2, .nan, 3], .skip, "momentum: 0.9 max_iter: 3", training: training)
    try interrupted.solve()
    let plain = try solver([2, 3], .stop, "momentum: 0.9 max_iter: 2", training: TinyTraining())
    try plain.solve()
    #expect(TinyTraining.weight(interrupted) == TinyTraining.weight(plain))
    #expect(interrupted.iteration == 3)
    #expect(interrupted.skippedUpdates == 1)
    #expect(training.log.warnings.count == 2)
    #expect(
      training.log.warnings[0].contains("at iteration 1") && training.log.warnings[0].contains("update is left out"))
    #expect(training.log.warnings[1] == "1 updates were left out, since the loss or a gradient wasn't finite")
  }

  @Test func aSkippedIterationLeavesStatisticsAlone() throws {
    let norm = #"layer { name: "bn" type: "BatchNorm" bottom: "x" top: "z" }"#
    let training = try TinyTraining()
    let interrupted = try solver([2, .nan], .skip, "max_iter: 2", between: norm, training: training)
    try interrupted.solve()
    let plain = try solver([2], .stop, "max_iter: 1", between: norm, training: TinyTraining())
    try plain.solve()
    let statistics = [interrupted, plain].map { $0.net.layer(named: "bn")?.blobs.map(\.data.values) }
    #expect(statistics[0] == statistics[1])
  }

  @Test func skippingEndsWhenNothingElseIsLeft() throws {
    let training = try TinyTraining()
    let error = #expect(throws: CaffeError.self) {
      try solver([.nan], .skip, "max_iter: 100", training: training).solve()
    }
    #expect(error?.code == .nonFinite)
    #expect(error?.message.contains("20th iteration in a row") == true)
  }

  @Test func skippingEndsWhenTheParametersAreLost() throws {
    let training = try TinyTraining()
    let solver = try solver([2], .skip, "max_iter: 3", training: training)
    try solver.net.learnable[0].blob.setData([.infinity])
    let error = #expect(throws: CaffeError.self) { try solver.solve() }
    #expect(error?.message.contains(#"value 0 of parameter 0 of layer "w" (inf)"#) == true)
    #expect(error?.message.contains("earlier snapshot") == true)
  }

  @Test func warningGoesOnAndSaysItOnce() throws {
    let training = try TinyTraining()
    let solver = try solver([2, .nan, 2], .warn, "max_iter: 3", training: training)
    try solver.solve()
    #expect(TinyTraining.weight(solver).isNaN)
    let said = training.log.warnings
    #expect(said.count == 2, "\(said)")
    #expect(said[0].contains("at iteration 1"))
    #expect(said.last?.contains("the weights after 3 iterations aren't finite") == true)
  }

  // x = 1e30, w = 1e-30: y is 1, the loss half of (1 − 1e9)², the gradient −1e9 · 1e30.
  @Test func aGradientThatOverflowsIsFoundThoughTheLossIsFinite() throws {
    let net = TinyTraining.net(x: 1e30, target: 1e9).split(separator: "value: 1 }").joined(separator: "value: 1e-30 }")
    let training = try TinyTraining(net: net)
    let solver = try training.solver("base_lr: 0.01 max_iter: 3")
    let error = #expect(throws: CaffeError.self) { try solver.solve() }
    #expect(error?.message.contains("gradients aren't finite at iteration 0, though the loss, 5e+17, is") == true)
    #expect(error?.message.contains(#"value 0 of the gradient of parameter 0 of layer "w" (-inf)"#) == true)
    #expect(TinyTraining.weight(solver) == 1e-30)
  }

  @Test func anyBatchOfAnIterationCounts() throws {
    let training = try TinyTraining()
    let skipping = try solver([2, 2, .nan, 2, 3, 3], .skip, "iter_size: 2 max_iter: 3", training: training)
    try skipping.solve()
    let plain = try solver([2, 2, 3, 3], .stop, "iter_size: 2 max_iter: 2", training: TinyTraining())
    try plain.solve()
    #expect(TinyTraining.weight(skipping) == TinyTraining.weight(plain))
    #expect(skipping.skippedUpdates == 1)
  }

  @Test func weightsThatAreNoNumbersAreNotWritten() throws {
    let training = try TinyTraining()
    let solver = try solver([2], .stop, #"max_iter: 1 snapshot_prefix: "s""#, training: training)
    try solver.net.learnable[0].blob.setData([.nan])
    #expect(throws: CaffeError.self) { try solver.snapshot() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: training.folder.path) == ["net.prototxt"])
  }

  @Test func aTestNetThatGivesNoNumbersIsNamed() throws {
    let training = try TinyTraining()
    try training.folder.write(TinyTraining.net(x: 1e30), to: "other.prototxt")
    let solver = try training.solver(
      #"base_lr: 0.01 max_iter: 1 test_net: "other.prototxt" test_iter: 3 test_interval: 5"#,
      net: #"train_net: "net.prototxt""#)
    try solver.solve()
    #expect(
      training.log.warnings == [
        #"Test net (#0), iteration 0: the loss is inf; the first value that isn't is value 0 of top "loss" of layer "loss" (inf)"#
      ])
  }

  @Test func theLayerThatWorkedInPlaceIsNamed() throws {
    let between = """
      layer { name: "scale" type: "Power" bottom: "x" top: "z" power_param { scale: -1 } }
      layer { name: "log" type: "Log" bottom: "z" top: "z" }
      """
    let error = #expect(throws: CaffeError.self) {
      try solver([2], .stop, "max_iter: 1", between: between, training: TinyTraining()).solve()
    }
    #expect(error?.message.contains(#"top "z" of layer "log""#) == true, "\(error?.message ?? "")")
  }

  @Test func theMeanLossRecovers() {
    var average = LossAverage(size: 2)
    var means: [Float] = []
    for (iteration, loss) in [Float(2), .nan, 4, 6].enumerated() {
      average.add(loss, iteration: iteration)
      means.append(average.value)
    }
    #expect(means[0] == 2 && means[1].isNaN && means[2].isNaN && means[3] == 5)
  }
}
