import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Going on from a checkpoint: the training is the same to the last bit.
struct CheckpointTests {
  private static let net = """
    name: "noisy"
    layer {
      name: "data" type: "DummyData" top: "x" top: "t"
      dummy_data_param {
        shape { dim: 4 dim: 1 dim: 4 dim: 4 } shape { dim: 4 dim: 3 }
        data_filler { type: "gaussian" } data_filler { type: "uniform" }
      }
    }
    layer {
      name: "pool" type: "Pooling" bottom: "x" top: "pool" pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }
    }
    layer {
      name: "w" type: "InnerProduct" bottom: "pool" top: "y"
      inner_product_param { num_output: 6 weight_filler { type: "xavier" } }
    }
    layer { name: "drop" type: "Dropout" bottom: "y" top: "y" }
    layer {
      name: "v" type: "InnerProduct" bottom: "y" top: "z"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } }
    }
    layer { name: "loss" type: "EuclideanLoss" bottom: "z" bottom: "t" top: "loss" }
    """
  private static let fields = """
    type: "Adam" momentum: 0.9 average_loss: 3 display: 1 test_iter: 2 test_interval: 2 snapshot: 1 \
    snapshot_prefix: "run" max_iter: 9 ema_decay: 0.9
    """

  private func weights(_ solver: Solver) -> [[UInt32]] {
    solver.net.learnable.map { $0.blob.data.values.map(\.bitPattern) }
  }

  private func text(of body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// The numbers in the log, without times.
  private func losses(_ log: RecordedLog, from iteration: Int) -> [String] {
    let lines = log.lines.map(\.description).filter {
      $0.contains("loss = ") || $0.contains("output #") || $0.contains("Testing net")
    }
    let start = lines.firstIndex {
      $0.contains("Iteration \(iteration), Testing") || $0.contains("Iteration \(iteration) (")
    }
    return start.map { lines[$0...].map { $0.replacing(/\([^)]*iter\/s[^)]*\)/, with: "") } } ?? []
  }

  @Test(arguments: ["BINARYPROTO", "HDF5"])
  func everySnapshotGoesOnToTheSameWeightsAndLosses(format: String) throws {
    let fields = Self.fields + " snapshot_format: \(format)"
    let whole = try TinyTraining(net: Self.net)
    let first = try whole.solver(fields)
    try first.solve()
    for start in [1, 2, 5, 8] {
      let resumed = try TinyTraining(net: Self.net)
      for name in whole.folder.names where name.contains("_iter_\(start)") {
        try FileManager.default.copyItem(atPath: whole.folder.file(name), toPath: resumed.folder.file(name))
      }
      let second = try resumed.solver(fields)
      try second.restore(from: "run_iter_\(start).solverstate\(format == "HDF5" ? ".h5" : "")")
      try second.solve()
      #expect(weights(second) == weights(first))
      let expected = losses(whole.log, from: start)
      #expect(!expected.isEmpty && losses(resumed.log, from: start) == expected)
      for name in whole.folder.names where name.contains("_iter_9") {
        #expect(
          FileManager.default.contentsEqual(atPath: whole.folder.file(name), andPath: resumed.folder.file(name)),
          "\(name)")
      }
    }
  }

  @Test func aSnapshotWithinATestGoesOnBeforeIt() throws {
    let whole = try TinyTraining(net: Self.net)
    let first = try whole.solver(Self.fields)
    var asked = 0
    first.nextRequest = {
      asked += 1
      return first.iteration == 4 && asked % 3 == 0 ? .snapshot : .none
    }
    try first.solve()
    let second = try whole.solver(Self.fields + " test_initialization: true")
    try second.solve(resuming: "run_iter_4.solverstate")
    #expect(weights(second) == weights(first))
  }

  @Test func theSeedOfTheRunIsKept() throws {
    let training = try TinyTraining(net: Self.net)
    try training.solver(Self.fields + " random_seed: 77").solve()
    #expect(try SnapshotFolder.seed(of: "run_iter_3.solverstate", context: training.context) == 77)
  }

  @Test func withoutACheckpointAStateStillGoesOn() throws {
    let training = try TinyTraining()
    try training.solver(#"snapshot: 2 snapshot_prefix: "run" max_iter: 2"#).solve()
    try FileManager.default.removeItem(atPath: training.folder.file("run_iter_2.checkpoint"))
    let solver = try training.solver("max_iter: 2")
    try solver.restore(from: "run_iter_2.solverstate")
    #expect(solver.iteration == 2)
  }

  // MARK: - Bad input

  @Test func anotherSolverTypeIsRefused() throws {
    let training = try TinyTraining()
    try training.solver(#"type: "Nesterov" momentum: 0.9 snapshot: 2 snapshot_prefix: "run" max_iter: 2"#).solve()
    let solver = try training.solver("max_iter: 4")
    let message = text { try solver.restore(from: "run_iter_2.solverstate") }
    #expect(message.contains("\"Nesterov\"") && message.contains("\"SGD\""), "\(message)")
    #expect(solver.iteration == 0)
  }

  @Test(arguments: ["caffemodel", "solverstate", "checkpoint"])
  func aDamagedFileIsRefusedAndPassedOver(kind: String) throws {
    for isCut in [true, false] {
      let training = try TinyTraining()
      try training.solver(#"snapshot: 1 snapshot_prefix: "run" max_iter: 3"#).solve()
      let url = URL(fileURLWithPath: training.folder.file("run_iter_3.\(kind)"))
      var content = try Data(contentsOf: url)
      if isCut { content.removeLast(1) } else { content[content.count / 2] ^= 1 }
      try content.write(to: url)
      let solver = try training.solver("max_iter: 4")
      let message = text { try solver.restore(from: "run_iter_3.solverstate") }
      #expect(message.contains("run_iter_3.") && solver.iteration == 0, "\(message)")
      let found = SnapshotFolder(prefix: "run", context: training.context).newestWhole()
      #expect(found == "run_iter_2.solverstate")
      #expect(
        training.log.texts(from: "solver.cpp:296").contains { $0.contains("run_iter_3.solverstate is passed over") })
    }
  }

  @Test func anIncompleteSnapshotIsPassedOver() throws {
    let training = try TinyTraining()
    try training.solver(#"snapshot: 1 snapshot_prefix: "run" max_iter: 3"#).solve()
    try FileManager.default.removeItem(atPath: training.folder.file("run_iter_3.solverstate"))
    try FileManager.default.removeItem(atPath: training.folder.file("run_iter_2.caffemodel"))
    let found = SnapshotFolder(prefix: "run", context: training.context).newestWhole()
    #expect(found == "run_iter_1.solverstate")
    let warnings = training.log.texts(from: "solver.cpp:296")
    #expect(warnings.contains { $0.contains("there is no solver state") })
    #expect(warnings.contains { $0.contains("there is no \"run_iter_2.caffemodel\"") })
    #expect(SnapshotFolder(prefix: "other", context: training.context).newestWhole() == nil)
  }

  // MARK: - Keeping

  @Test func onlyTheLastSnapshotsAreKept() throws {
    let training = try TinyTraining()
    try training.folder.write("x", to: "run_iter_1x.caffemodel")
    try training.folder.write("x", to: "runner_iter_1.caffemodel")
    try training.folder.write("x", to: "run_iter_1.txt")
    let solver = try training.solver(#"snapshot: 1 snapshot_prefix: "run" max_iter: 5"#)
    solver.observers.append(SnapshotRetention(last: 2))
    try solver.solve()
    #expect(
      training.folder.names.filter { $0.hasPrefix("run") } == [
        "run_iter_1.txt", "run_iter_1x.caffemodel", "run_iter_4.caffemodel", "run_iter_4.checkpoint",
        "run_iter_4.solverstate", "run_iter_5.caffemodel", "run_iter_5.checkpoint", "run_iter_5.solverstate",
        "runner_iter_1.caffemodel"
      ])
  }

  @Test func theBestSnapshotIsKept() throws {
    let training = try TinyTraining()
    // A rate that overshoots: the loss grows from snapshot to snapshot, and the first is the best.
    let fields = #"base_lr: 0.6 snapshot: 1 snapshot_prefix: "run" test_iter: 1 test_interval: 1"#
    let solver = try training.solver(fields + " max_iter: 3")
    solver.observers.append(SnapshotRetention(last: 1, best: .init(output: "loss")))
    try solver.solve()
    #expect(
      training.folder.names.filter { $0.hasSuffix("state") } == ["run_iter_1.solverstate", "run_iter_3.solverstate"])
    let resumed = try training.solver(fields + " max_iter: 5")
    resumed.observers.append(SnapshotRetention(last: 1, best: .init(output: "loss")))
    try resumed.solve(resuming: "run_iter_3.solverstate")
    #expect(
      training.folder.names.filter { $0.hasSuffix("state") } == ["run_iter_1.solverstate", "run_iter_5.solverstate"])
    let message = text { try SnapshotRetention(last: 1, best: .init(output: "accuracy")).check(resumed) }
    #expect(message.contains("there are: loss"), "\(message)")
  }

  @Test func aPrefixIsLockedOnce() throws {
    let training = try TinyTraining()
    var lock = try SnapshotLock(prefix: "new/run", context: training.context)
    #expect(lock != nil)
    let message = text { _ = try SnapshotLock(prefix: "new/run", context: training.context) }
    #expect(message.contains("another process is training with snapshot_prefix \"new/run\""), "\(message)")
    lock = nil
    #expect(try FileManager.default.contentsOfDirectory(atPath: training.folder.file("new")).isEmpty)
    try training.folder.write("stale", to: "new/run.lock")
    #expect(try SnapshotLock(prefix: "new/run", context: training.context) != nil)
  }
}
