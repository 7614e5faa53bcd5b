import Caffe
import CaffeTestSupport
import Testing

/// The loop: updates by hand, tests, display, requests, and what may be wrong in a solver file.
struct SolverTests {
  // Gradient of half the squared difference: (w·x − t)·x = (1·2 − 4)·2 = −4 at the start.
  @Test func oneStepIsRateTimesGradient() throws {
    let solver = try TinyTraining().solver("base_lr: 0.01 max_iter: 1")
    #expect(try solver.solve() == .finished)
    #expect(abs(TinyTraining.weight(solver) - 1.04) < 1e-6)
    #expect(solver.iteration == 1)
  }

  @Test func momentumKeepsAShareOfTheLastStep() throws {
    let solver = try TinyTraining().solver("base_lr: 0.01 momentum: 0.5 max_iter: 2")
    try solver.solve()
    // First step 0.04; then 0.5 · 0.04 + 0.01 · (4 − 2 · 1.04) · 2.
    #expect(abs(TinyTraining.weight(solver) - (1.04 + 0.02 + 0.0384)) < 1e-6)
  }

  @Test func weightDecayPullsByValueOrBySign() throws {
    let byValue = try TinyTraining().solver("base_lr: 0.01 weight_decay: 3 max_iter: 1")
    try byValue.solve()
    #expect(abs(TinyTraining.weight(byValue) - 1.01) < 1e-6)
    let net = TinyTraining.net().replacingOccurrences("value: 1 }", "value: -2 }")
    let bySign = try TinyTraining(net: net).solver(
      #"base_lr: 0.01 weight_decay: 3 regularization_type: "L1" max_iter: 1"#)
    try bySign.solve()
    // Gradient (−4 − 4) · 2 = −16, sign −1.
    #expect(abs(TinyTraining.weight(bySign) - (-2 + 0.16 + 0.03)) < 1e-6)
  }

  @Test func iterSizeAveragesBatches() throws {
    let solver = try TinyTraining().solver("base_lr: 0.01 iter_size: 4 max_iter: 1")
    try solver.solve()
    #expect(abs(TinyTraining.weight(solver) - 1.04) < 1e-6)
  }

  @Test func gradientsAreClippedByTheirNorm() throws {
    let training = try TinyTraining()
    let solver = try training.solver("base_lr: 0.01 clip_gradients: 1 max_iter: 1")
    try solver.solve()
    #expect(abs(TinyTraining.weight(solver) - 1.01) < 1e-6)
    #expect(
      training.log.texts(from: "sgd_solver.cpp:99") == [
        "Gradient clipping: scaling down gradients (L2 norm 4 > 1) by scale factor 0.25"
      ])
  }

  @Test func testNetsUseTheTrainedParameters() throws {
    let training = try TinyTraining()
    let solver = try training.solver(
      "base_lr: 0.01 max_iter: 2 test_iter: 1 test_iter: 3 test_interval: 1 test_initialization: false")
    #expect(solver.testNets.count == 2)
    try solver.solve()
    let weight = TinyTraining.weight(solver)
    for net in solver.testNets { #expect(net.learnable[0].blob.data[0] == weight) }
    let loss = (weight * 2 - 4) * (weight * 2 - 4) / 2
    let lines = training.log.texts(from: "solver.cpp:414")
    #expect(lines.last == "    Test net output #0: loss = \(loss.general) (* 1 = \(loss.general) loss)")
    #expect(training.log.texts(from: "solver.cpp:347").first == "Iteration 1, Testing net (#0)")
  }

  @Test func netsOfTheirOwnAreTestedFirst() throws {
    let training = try TinyTraining()
    try training.folder.write(TinyTraining.net(x: 1), to: "other.prototxt")
    let solver = try training.solver(
      #"max_iter: 1 test_net: "other.prototxt" test_iter: 1 test_iter: 1 test_interval: 1"#)
    #expect(solver.testNets.count == 2)
    #expect(
      training.log.texts(from: "solver.cpp:190") == [
        "Creating test net (#0) specified by test_net file: other.prototxt",
        "Creating test net (#1) specified by net file: net.prototxt"
      ])
    let reports = try solver.test()
    #expect(reports.map { $0.outputs[0].value } == [4.5, 2])
  }

  @Test func netsMayBeWrittenInPlace() throws {
    let training = try TinyTraining()
    let net = TinyTraining.net()
    let solver = try training.solver(
      "base_lr: 0.01 max_iter: 1 test_net_param { \(net) } test_iter: 1 test_interval: 5",
      net: "train_net_param { \(net) }")
    try solver.solve()
    #expect(training.log.texts(from: "solver.cpp:88") == ["Creating training net specified in train_net_param."])
    #expect(training.log.texts(from: "solver.cpp:190") == ["Creating test net (#0) specified by test_net_param[0]"])
  }

  @Test func statesPickLayers() throws {
    let staged = #"layer { name: "extra" type: "Silence" bottom: "x" include { stage: "deep" } }"#
    let training = try TinyTraining(net: TinyTraining.net() + staged)
    #expect(try training.solver("max_iter: 1").net.layer(named: "extra") == nil)
    let solver = try training.solver(
      #"max_iter: 1 train_state { stage: "deep" } test_iter: 1 test_interval: 1 test_state { level: 1 }"#)
    #expect(solver.net.layer(named: "extra") != nil)
    #expect(solver.testNets[0].layer(named: "extra") == nil)
  }

  @Test func theFirstRateIsZero() throws {
    let training = try TinyTraining()
    try training.solver("base_lr: 0.01 max_iter: 1 display: 1").solve()
    let line = try #require(training.log.texts(from: "solver.cpp:239").first)
    #expect(line.hasPrefix("Iteration 0 (0 iter/s, "))
    #expect(line.hasSuffix("s/1 iters), loss = 2"))
  }

  @Test func aRequestToStopEndsTheTraining() throws {
    let training = try TinyTraining()
    let solver = try training.solver("base_lr: 0.01 max_iter: 100")
    solver.nextRequest = { solver.iteration == 2 ? .stop : .none }
    #expect(try solver.solve() == .interrupted)
    #expect(solver.iteration == 2)
    #expect(training.log.lines.last?.description == "solver.cpp:311] Optimization stopped early.")
  }

  @Test func aRequestDuringATestInterruptsIt() throws {
    let training = try TinyTraining()
    let solver = try training.solver("max_iter: 9 test_iter: 5 test_interval: 3")
    solver.nextRequest = { .stop }
    #expect(try solver.solve() == .interrupted)
    #expect(solver.iteration == 0)
    #expect(training.log.texts(from: "solver.cpp:396") == ["Test interrupted."])
  }

  @Test func lossesAreAveraged() {
    var average = LossAverage(size: 3)
    var means: [Float] = []
    for (iteration, loss) in [4, 2, 6, 1, 8].enumerated() {
      average.add(Float(loss), iteration: iteration)
      means.append(average.value)
    }
    #expect(means == [4, 3, 4, 3, 5])
  }

  @Test func aLossThatIsNoNumberStopsTheTraining() throws {
    let training = try TinyTraining()
    let solver = try training.solver("base_lr: 1e18 max_iter: 100")
    let error = #expect(throws: CaffeError.self) { try solver.solve() }
    #expect(error?.code == .nonFinite)
    #expect(error?.message.contains("at iteration \(solver.iteration)") == true)
    #expect(error?.message.contains("layer \"") == true)
  }

  @Test func observersFollow() throws {
    final class Follower: SolverObserver {
      var seen: [String] = []
      func solverBeginsIteration(_ solver: Solver) { seen.append("begin \(solver.iteration)") }
      func solverHasGradients(_ solver: Solver) { seen.append("gradient \(solver.net.learnable[0].blob.diff[0])") }
      func solver(_ solver: Solver, displayed report: TrainingReport) { seen.append("loss \(report.loss)") }
      func solver(_ solver: Solver, tested report: TestReport) { seen.append("test \(report.testNet)") }
    }
    let follower = Follower()
    let solver = try TinyTraining().solver("base_lr: 0.01 max_iter: 1 display: 1 test_iter: 1 test_interval: 10")
    solver.observers = [follower]
    try solver.solve()
    #expect(follower.seen == ["test 0", "begin 0", "gradient -4.0", "loss 2.0"])
  }
}

extension String {
  fileprivate func replacingOccurrences(_ old: String, _ new: String) -> String {
    split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }
}
