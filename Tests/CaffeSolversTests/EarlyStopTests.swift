import Caffe
import CaffeTestSupport
import Testing

/// Early stops: when they come, which way is better, and what may be wrong.
struct EarlyStopTests {
  /// A net whose test output `score` an observer sets for each run.
  private final class ScoreSetter: SolverObserver {
    private var scores: [Float]

    init(_ scores: [Float]) { self.scores = scores.reversed() }

    func solverBeginsIteration(_ solver: Solver) throws {
      // Iteration n comes after test run n.
      guard let score = scores.popLast() else { return }
      try #require(solver.testNets[0].blob(named: "score")).setData([score])
    }
  }

  private static let scored = """
    layer {
      name: "score" type: "DummyData" top: "score" include { phase: TEST }
      dummy_data_param { shape { dim: 1 } data_filler { type: "constant" value: 0 } }
    }
    """

  /// The iteration at which a training stops whose test outputs are 0 and then `scores`, and its outcome.
  private func run(_ rule: EarlyStop, _ scores: [Float]) throws -> (Int, SolverOutcome, TinyTraining) {
    let training = try TinyTraining(net: TinyTraining.net() + Self.scored)
    let solver = try training.solver("max_iter: \(scores.count) test_iter: 1 test_interval: 1")
    solver.observers = [ScoreSetter(scores)]
    try solver.stopEarly(by: rule)
    let outcome = try solver.solve()
    return (solver.iteration, outcome, training)
  }

  @Test func aTrainingThatGetsNoBetterIsEnded() throws {
    let rule = EarlyStop(output: "score", patience: 3)
    // Test run n is before iteration n; the best is of run 2.
    let (iteration, outcome, training) = try run(rule, [0.5, 0.7, 0.6, 0.7, 0.5, 0.9, 0.9])
    #expect(outcome == .earlyStopped)
    #expect(iteration == 5)
    #expect(
      training.log.texts(from: "solver.cpp:311") == [
        "Early stop: score has not risen above 0.7, its value at iteration 2, in 3 test runs."
      ])
  }

  @Test func oneThatGetsBetterGoesOn() throws {
    let (iteration, outcome, _) = try run(EarlyStop(output: "score", patience: 2), [0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    #expect(outcome == .finished)
    #expect(iteration == 6)
  }

  @Test func aLeastChangeIsAskedFor() throws {
    let scores: [Float] = [0.5, 0.55, 0.58, 0.61, 0.9]
    #expect(try run(EarlyStop(output: "score", patience: 2), scores).1 == .finished)
    let (iteration, outcome, training) = try run(EarlyStop(output: "score", patience: 2, minimumDelta: 0.1), scores)
    #expect(outcome == .earlyStopped)
    #expect(iteration == 3)
    let reason = try #require(training.log.texts(from: "solver.cpp:311").last)
    #expect(reason.contains("0.5, its value at iteration 1, by more than 0.1 in 2 test runs"), "\(reason)")
  }

  @Test func theDirectionCanBeGiven() throws {
    let rule = EarlyStop(output: "score", patience: 2, direction: .down)
    #expect(try run(rule, [0.5, 0.6, 0.7, 0.8]).0 == 2)
    #expect(try run(rule, [-0.5, -0.6, -0.7, -0.8]).1 == .finished)
  }

  @Test func valuesThatAreNoNumbersAreNoBetter() throws {
    let (iteration, outcome, _) = try run(EarlyStop(output: "score", patience: 3), [.nan, .nan, .nan, .nan, .nan])
    #expect(outcome == .earlyStopped)
    #expect(iteration == 3)
  }

  @Test(arguments: ["loss", "test_loss"])
  func lossesAreToFall(name: String) throws {
    // The rate is such that the loss rises.
    let net = TinyTraining.net().replacing(#"top: "loss""#, with: #"top: "\#(name)""#)
    let training = try TinyTraining(net: net)
    let solver = try training.solver("base_lr: 0.6 max_iter: 50 test_iter: 1 test_interval: 1")
    // Without an output of that name, `loss` is the whole loss.
    try solver.stopEarly(by: EarlyStop(output: "loss", patience: 2))
    #expect(try solver.solve() == .earlyStopped)
    #expect(solver.iteration == 2)
  }

  @Test func anAccuracyLayersOutputIsToRise() throws {
    let accuracy = """
      layer { name: "c" type: "Concat" bottom: "y" bottom: "y" top: "yy" include { phase: TEST } }
      layer { name: "hits" type: "Accuracy" bottom: "yy" bottom: "zero" top: "hits" include { phase: TEST } }
      layer {
        name: "zero" type: "DummyData" top: "zero" include { phase: TEST }
        dummy_data_param { shape { dim: 1 } data_filler { type: "constant" value: 0 } }
      }
      """
    let lines = accuracy.split(separator: "\n")
    let ordered = (lines[2...] + lines[..<2]).joined(separator: "\n")
    let training = try TinyTraining(net: TinyTraining.net() + ordered)
    let solver = try training.solver("max_iter: 9 test_iter: 1 test_interval: 1")
    try solver.stopEarly(by: EarlyStop(output: "hits", patience: 2))
    #expect(try solver.solve() == .earlyStopped)
    let reason = try #require(training.log.texts(from: "solver.cpp:311").last)
    #expect(reason.contains("hits has not risen above"), "\(reason)")
  }

  @Test func theLastSnapshotIsTaken() throws {
    let training = try TinyTraining(net: TinyTraining.net() + Self.scored)
    let text = """
      net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 9 test_iter: 1 test_interval: 1 snapshot_prefix: "run"
      """
    let solver = try Solver(NetReader.parseSolver(text: text).solver, context: training.context)
    try solver.stopEarly(by: EarlyStop(output: "score", patience: 2))
    try solver.solve()
    #expect(training.folder.names.contains("run_iter_2.solverstate"))
  }

  @Test func aCheckpointRemembersTheWaiting() throws {
    let rule = EarlyStop(output: "score", patience: 3)
    let training = try TinyTraining(net: TinyTraining.net() + Self.scored)
    let first = try training.solver("max_iter: 9 test_iter: 1 test_interval: 1")
    try first.stopEarly(by: rule)
    try first.step(2)
    let record = try #require(first.checkpointedStates.first).checkpoint()

    func iterations(of output: String, record: CheckpointRecord) throws -> Int {
      let solver = try training.solver("max_iter: 9 test_iter: 1 test_interval: 1")
      var rule = rule
      rule.output = output
      try solver.stopEarly(by: rule)
      try #require(solver.checkpointedStates.first).restoration(of: record)()
      try solver.solve()
      return solver.iteration
    }
    // The runs at 0 and 1 were the best and one in vain; two more.
    #expect(try iterations(of: "score", record: record) == 1)
    var other = record
    other.texts["output"] = "another"
    #expect(try iterations(of: "score", record: other) == 3)
  }

  /// Where a training is interrupted changes nothing about when it stops early.
  @Test(arguments: [1, 2, 3, 4]) func aResumedTrainingStopsWhereTheUnbrokenOneDoes(interrupted: Int) throws {
    let fields = #"base_lr: 0.6 max_iter: 50 test_iter: 1 test_interval: 1 snapshot: 5 snapshot_prefix: "run""#
    func solver(_ training: TinyTraining) throws -> Solver {
      let solver = try training.solver(fields)
      try solver.stopEarly(by: EarlyStop(output: "loss", patience: 5))
      return solver
    }
    // The rate is such that the loss rises.
    let whole = try TinyTraining()
    let first = try solver(whole)
    #expect(try first.solve() == .earlyStopped)
    #expect(first.iteration == 5)

    let training = try TinyTraining()
    let broken = try solver(training)
    broken.nextRequest = { broken.iteration == interrupted ? .stop : .none }
    #expect(try broken.solve() == .interrupted)
    let resumed = try solver(training)
    #expect(try resumed.solve(resuming: "run_iter_\(interrupted).solverstate") == .earlyStopped)
    #expect(resumed.iteration == 5)
    #expect(training.log.texts(from: "solver.cpp:311").last == whole.log.texts(from: "solver.cpp:311").last)
  }

  /// A test run that the snapshot comes after is repeated, and counts once: the second test net is interrupted, and the end is
  /// gone on from.
  @Test func aRepeatedTestRunCountsOnce() throws {
    let training = try TinyTraining()
    let fields = #"base_lr: 0.6 max_iter: 50 test_iter: 1 test_iter: 1 test_interval: 1 snapshot_prefix: "run""#
    func solver() throws -> Solver {
      let text = #"net: "net.prototxt" lr_policy: "fixed" \#(fields)"#
      let solver = try Solver(NetReader.parseSolver(text: text).solver, context: training.context)
      try solver.stopEarly(by: EarlyStop(output: "loss", patience: 4))
      return solver
    }
    let broken = try solver()
    var asked = 0
    broken.nextRequest = {
      // After iteration 2, before the batch of the first test net, before that of the second one.
      if broken.iteration == 3 { asked += 1 }
      return asked == 3 ? .stop : .none
    }
    #expect(try broken.solve() == .interrupted)
    let resumed = try solver()
    #expect(try resumed.solve(resuming: "run_iter_3.solverstate") == .earlyStopped)
    #expect(resumed.iteration == 4)
    let reason = training.log.texts(from: "solver.cpp:311").last
    let again = try solver()
    #expect(try again.solve(resuming: "run_iter_4.solverstate") == .earlyStopped)
    #expect(again.iteration == 4 && training.log.texts(from: "solver.cpp:311").last == reason)
  }

  // MARK: - Bad input

  private func message(_ rule: EarlyStop, _ fields: String = "test_iter: 1 test_interval: 1") throws -> String {
    let training = try TinyTraining(net: TinyTraining.net() + Self.scored.replacing("score", with: "size"))
    let solver = try training.solver("max_iter: 9 \(fields)")
    let error = #expect(throws: CaffeError.self) { try solver.stopEarly(by: rule) }
    return error?.message ?? ""
  }

  @Test func whatMayBeWrong() throws {
    #expect(
      try message(EarlyStop(output: "sise", patience: 1)).contains(#"did you mean "size"?; there are "loss", "size""#))
    #expect(try message(EarlyStop(output: "size", patience: 1)).contains("add mode=max or mode=min"))
    #expect(try message(EarlyStop(output: "loss", patience: 0)).contains("patience 0; give 1 test run or more"))
    #expect(try message(EarlyStop(output: "loss", patience: 1, minimumDelta: -1)).contains("give 0 or more"))
    #expect(try message(EarlyStop(output: "loss", patience: 1), "").contains("the solver has no test net"))
  }
}
