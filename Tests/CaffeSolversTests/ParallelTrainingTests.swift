import Caffe
import CaffeTestSupport
import Testing

/// Trainings on several devices, stand-ins that average by threads that meet.
struct ParallelTrainingTests {
  private static let layers = """
    layer {
      name: "data" type: "MemoryData" top: "data" top: "label"
      memory_data_param { batch_size: 4 channels: 1 height: 3 width: 3 }
    }
    layer {
      name: "hidden" type: "InnerProduct" bottom: "data" top: "hidden"
      inner_product_param { num_output: 6 weight_filler { type: "xavier" } }
    }
    layer { name: "relu" type: "ReLU" bottom: "hidden" top: "hidden" }
    layer {
      name: "scores" type: "InnerProduct" bottom: "hidden" top: "scores"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } }
    }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss" }
    """

  /// Batch `number` of the series: pictures and labels.
  private static func batch(_ number: Int) -> (pictures: [Float], labels: [Float]) {
    var stream = RandomStream(seed: 11, stream: UInt64(number))
    let labels = (0..<4).map { Float(($0 + number) % 3) }
    return (labels.flatMap { label in (0..<9).map { _ in label * 0.3 + stream.nextUniform() } }, labels)
  }

  private static func solver(
    _ fields: String, on engine: any Engine, batches: [Int], isFollowing: Bool = false, badLabelIn bad: Int? = nil
  ) throws -> Solver {
    let training = try TinyTraining(net: layers, engine: engine)
    let text = #"net: "net.prototxt" base_lr: 0.1 lr_policy: "fixed" snapshot_after_train: false \#(fields)"#
    let parameter = try NetReader.parseSolver(text: text).solver
    let solver = try Solver(isFollowing ? parameter.following : parameter, context: training.context)
    let series = batches.map(batch)
    let labels = batches.flatMap { number in
      batch(number).labels.enumerated().map { number == bad && $0.offset == 2 ? 9 : $0.element }
    }
    for net in [solver.net] + solver.testNets {
      let data = try #require(net.layer(named: "data") as? MemoryDataLayer)
      try data.setData(series.flatMap(\.pictures), labels: labels)
    }
    return solver
  }

  private func train(
    _ fields: String, ranks: Int, badLabelIn bad: Int? = nil
  ) throws -> Solver {
    let engines = try GPUs.standIn.engines(.numbered(Array(0..<ranks)))
    func batches(_ rank: Int) -> [Int] { (0..<8).map { $0 * ranks + rank } }
    let solver = try ParallelTrainingTests.solver(fields, on: engines[0], batches: batches(0), badLabelIn: bad)
    let training = try ParallelTraining(solver, on: engines) { rank, engine in
      try ParallelTrainingTests.solver(
        fields, on: engine, batches: (0..<8).map { $0 * ranks + rank }, isFollowing: true, badLabelIn: bad)
    }
    _ = try training.following { try solver.solve() }
    return solver
  }

  @Test(arguments: [
    "", "layer_wise_reduce: false", "iter_size: 2", "momentum: 0.9 clip_gradients: 0.1",
    "display: 2 test_interval: 3 test_iter: 2"
  ])
  func twoDevicesTrainAsOneWithTwiceTheBatches(_ fields: String) throws {
    let perUpdate = fields.contains("iter_size") ? 4 : 2
    let iterations = "max_iter: \(16 / perUpdate)"
    let two = try train("\(fields) \(iterations)", ranks: 2)
    // One device adds up the gradients of the batches that the two have at the same time.
    let order = fields.contains("iter_size") ? [0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15] : Array(0..<16)
    // Gradients are clipped before they are divided by iter_size, as in the original.
    let other = fields.replacing("iter_size: 2", with: "").replacing("clip_gradients: 0.1", with: "clip_gradients: 0.2")
    let one = try ParallelTrainingTests.solver(
      "\(other) \(iterations) iter_size: \(perUpdate)", on: ReferenceEngine(), batches: order)
    try one.solve()
    for (mine, theirs) in zip(two.net.learnable, one.net.learnable) {
      let worst = zip(mine.blob.data.values, theirs.blob.data.values).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 1e-5, "\(mine.name)")
    }
  }

  @Test func anErrorOfOneRankEndsAll() throws {
    // Rank 0's or rank 1's, at once or when steps have become graphs.
    for bad in [4, 5, 14, 15] {
      let error = #expect(throws: CaffeError.self) { try train("max_iter: 8", ranks: 2, badLabelIn: bad) }
      #expect(error?.description.contains("label 9") == true, "\(error.map { "\($0)" } ?? "")")
      #expect(error?.message.contains("GPU number 1") == (bad % 2 == 1))
    }
  }

  @Test func aSolverThatCannotBeMadeEndsAll() throws {
    let engines = try GPUs.standIn.engines(.numbered([0, 1, 2]))
    let solver = try ParallelTrainingTests.solver("max_iter: 4", on: engines[0], batches: [0, 1, 2, 3])
    let training = try ParallelTraining(solver, on: engines) { rank, engine in
      guard rank == 1 else { throw CaffeError(.value, "there is no net") }
      return try ParallelTrainingTests.solver("max_iter: 4", on: engine, batches: [0, 1, 2, 3], isFollowing: true)
    }
    let error = #expect(throws: CaffeError.self) { try training.following { try solver.solve() } }
    #expect(error?.message == "GPU number 2 of the training: there is no net")
  }

  @Test func oneThatCannotJoinIsAnErrorBeforeAnyBegins() throws {
    StandIn.refuseToJoin(20)
    let engines = try [19, 20].map { try CUDAEngine.standIn(ordinal: $0) }
    let solver = try ParallelTrainingTests.solver("max_iter: 4", on: engines[0], batches: [0, 1, 2, 3])
    let error = #expect(throws: CaffeError.self) {
      try ParallelTraining(solver, on: engines) { rank, _ in throw CaffeError(.value, "rank \(rank) has begun") }
    }
    #expect(error?.message.hasPrefix("NCCL can't join GPUs 19, 20: error 1") == true)
  }
}
