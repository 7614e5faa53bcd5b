import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// The rates of ours: warm-up, cosine and plateau, as a training uses them.
struct RateScheduleTests {
  private func rates(_ fields: String, _ iterations: [Int]) throws -> [Float] {
    let solver = try TinyTraining().solver("base_lr: 0.1 \(fields)")
    return try iterations.map {
      try solver.step($0 - solver.iteration)
      return solver.learningRate
    }
  }

  private func expect(
    _ got: [Float], _ want: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(got.count == want.count, sourceLocation: sourceLocation)
    for (value, wanted) in zip(got, want) {
      #expect(abs(Double(value) - wanted) <= 1e-6 * abs(wanted) + 1e-9, "\(got)", sourceLocation: sourceLocation)
    }
  }

  @Test func warmUpClimbsInAStraightLine() throws {
    expect(
      try rates("max_iter: 9 warmup_iter: 4 warmup_start_lr: 0.02", [0, 1, 2, 3, 4, 5]),
      [0.02, 0.04, 0.06, 0.08, 0.1, 0.1])
    expect(try rates("max_iter: 9 warmup_iter: 4", [0, 1, 4]), [0, 0.025, 0.1])
  }

  @Test func warmUpLeadsToThePolicysRate() throws {
    // At iteration 4 the policy has come to 0.1 · 0.5².
    expect(
      try rates(#"max_iter: 9 lr_policy: "step" gamma: 0.5 stepsize: 2 warmup_iter: 4"#, [0, 2, 4, 6]),
      [0, 0.0125, 0.025, 0.0125])
  }

  @Test func cosineGoesFromBaseToTheLeast() throws {
    let want = [0, 2, 5, 8, 10].map { 0.02 + 0.08 * (1 + cos(Double.pi * Double($0) / 10)) / 2 }
    expect(try rates(#"max_iter: 10 lr_policy: "cosine" min_lr: 0.02"#, [0, 2, 5, 8, 10]), want)
    expect(try rates(#"max_iter: 10 lr_policy: "cosine""#, [0, 5, 10, 12]), [0.1, 0.05, 0, 0])
  }

  @Test func cosineBeginsAfterTheWarmUp() throws {
    expect(
      try rates(#"max_iter: 12 lr_policy: "cosine" warmup_iter: 2"#, [0, 1, 2, 7, 12]), [0, 0.05, 0.1, 0.05, 0])
  }

  // MARK: - Plateau

  /// The rates that a policy gives when the loss is as given, iteration by iteration.
  private func rates(_ fields: String, losses: [Float]) throws -> [Float] {
    // Half the square of the target is the loss, since the weight stays at 0.
    let net = TinyTraining.net(target: LossSetter.target(losses[0]))
      .replacing("value: 1 }", with: "value: 0 }").replacing("lr_mult: 1", with: "lr_mult: 0")
    let training = try TinyTraining(net: net)
    let solver = try training.solver(#"base_lr: 1 lr_policy: "plateau" gamma: 0.5 max_iter: 99 \#(fields)"#)
    let follower = LossSetter(losses)
    solver.observers = [follower]
    try solver.step(losses.count)
    return follower.rates
  }

  /// Replaces the target of each iteration but the first, so that the loss is as asked for, and notes the rates.
  private final class LossSetter: SolverObserver {
    private let losses: [Float]
    private(set) var rates: [Float] = []

    init(_ losses: [Float]) { self.losses = losses }

    static func target(_ loss: Float) -> Float { (2 * loss).squareRoot() }

    func solverBeginsIteration(_ solver: Solver) throws {
      try #require(solver.net.blob(named: "t")).setData([Self.target(losses[solver.iteration])])
    }

    func solverHasGradients(_ solver: Solver) { rates.append(solver.learningRate) }
  }

  @Test func theRateFallsWhenTheLossHasNotForThatLong() throws {
    let losses: [Float] = [8, 2, 2, 4.5, 2, 2, 0.5, 2, 2, 2, 2, 2, 2]
    // The minimum is of iteration 1: falls at 4; of 6: would fall at 9, but there was one window only.
    #expect(
      try rates("plateau_winsize: 3", losses: losses) == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    #expect(
      try rates("plateau_winsize: 3 plateau_winsize: 4", losses: losses) == [
        1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25
      ])
  }

  @Test func aLeastRateRepeatsTheLastWindow() throws {
    let losses = [Float](repeating: 2, count: 9)
    #expect(
      try rates("plateau_winsize: 2 min_lr: 0.2", losses: losses) == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2])
  }

  @Test func theSmoothedLossCounts() throws {
    // In the mean of two: 8, 5, 3.25, 2.5, 2.5, 2.5.
    let losses: [Float] = [8, 2, 4.5, 0.5, 4.5, 0.5]
    #expect(try rates("plateau_winsize: 1", losses: losses) == [1, 1, 0.5, 0.5, 0.5, 0.5])
    #expect(try rates("plateau_winsize: 1 average_loss: 2", losses: losses) == [1, 1, 1, 1, 0.5, 0.5])
  }

  @Test func theWarmUpDoesNotCount() throws {
    let losses = [Float](repeating: 2, count: 6)
    #expect(try rates("plateau_winsize: 2 warmup_iter: 3", losses: losses).suffix(3) == [1, 1, 0.5])
  }

  @Test func aStateTellsTheFalls() throws {
    let training = try TinyTraining(net: TinyTraining.net().replacing("lr_mult: 1", with: "lr_mult: 0"))
    let fields = #"base_lr: 1 lr_policy: "plateau" gamma: 0.5 plateau_winsize: 2 min_lr: 0.1 snapshot_prefix: "run""#
    let whole = try training.solver("\(fields) max_iter: 4 snapshot: 3")
    try whole.solve()
    #expect(whole.learningRate == 0.5)
    #expect(
      training.log.texts(from: "sgd_solver.cpp:50") == ["Plateau Status: Iteration 2, step = 1"])
    let resumed = try training.solver("\(fields) max_iter: 4")
    try resumed.restore(from: "run_iter_3.solverstate")
    #expect(resumed.learningRate == 0.5)
  }

  @Test func theCheckpointsRecordGoesOnBitForBit() throws {
    let training = try TinyTraining()
    let fields =
      #"base_lr: 0.02 lr_policy: "plateau" gamma: 0.5 plateau_winsize: 2 min_lr: 0.001 snapshot_prefix: "run""#
    let whole = try training.solver("\(fields) max_iter: 99")
    // The loss of the start stays the least, since the target runs away: a new start would take the next ones for it.
    let losses = (0..<20).map { Float(8 + 10 * $0) }
    let setter = LossSetter(losses)
    whole.observers = [setter]
    try whole.step(4)
    let record = try #require(whole.checkpointedStates.first).checkpoint()
    let files = try whole.snapshot()
    try whole.step(6)

    let resumed = try training.solver("\(fields) max_iter: 99")
    let second = LossSetter(losses)
    try resumed.net.forward()
    resumed.observers = [second]
    try resumed.restore(from: files.state)
    try #require(resumed.checkpointedStates.first).restoration(of: record)()
    try resumed.step(6)
    #expect(second.rates == setter.rates.suffix(6))
    #expect(Set(second.rates).count > 2)
    #expect(TinyTraining.weight(resumed) == TinyTraining.weight(whole))
  }

  @Test func aRecordThatIsNotWholeIsRefused() throws {
    let solver = try TinyTraining().solver(
      #"lr_policy: "plateau" gamma: 0.5 plateau_winsize: 2 max_iter: 9"#)
    let state = try #require(solver.checkpointedStates.first)
    for name in ["falls", "last_event"] {
      var record = state.checkpoint()
      record.integers[name] = nil
      #expect(throws: CaffeError.self) { try state.restoration(of: record) }
      record.integers[name] = -1
      #expect(throws: CaffeError.self) { try state.restoration(of: record) }
    }
  }

  // MARK: - Bad input

  @Test(arguments: [
    ("warmup_iter: -1", "warmup_iter: -1 in the solver; give 0 or more"),
    ("warmup_iter: 5 warmup_start_lr: -0.1", "warmup_start_lr: -0.1 in the solver"),
    ("warmup_start_lr: 0.1", "warmup_start_lr without warmup_iter does nothing"),
    (#"lr_policy: "cosine" min_lr: 0.5"#, "min_lr: 0.5; give 0 or more, and at most base_lr (0.01)"),
    (#"lr_policy: "cosine" min_lr: -1"#, "min_lr: -1; give 0 or more"),
    (#"lr_policy: "cosine" warmup_iter: 9"#, "max_iter: 9 and warmup_iter: 9; give a max_iter above warmup_iter"),
    (#"lr_policy: "cosin""#, #"there is no lr_policy "cosin"; did you mean "cosine""#),
    (#"lr_policy: "plateau" gamma: 0.1"#, "needs the field plateau_winsize"),
    (#"lr_policy: "plateau" gamma: 0.1 plateau_winsize: 0"#, "plateau_winsize: 0; give 1 or more"),
    (#"lr_policy: "plateau" gamma: 1 plateau_winsize: 5"#, "gamma: 1; give a number between 0 and 1"),
    (#"lr_policy: "plateau" plateau_winsize: 5"#, "needs the field gamma"),
    ("min_lr: 0.001", #"min_lr belongs to lr_policy "cosine" and "plateau", not to "fixed""#),
    ("plateau_winsize: 5", #"plateau_winsize belongs to lr_policy "plateau", not to "fixed""#)
  ])
  func wrongFields(fields: String, message: String) throws {
    let found = try TinyTraining().message("\(fields) max_iter: 9")
    #expect(found.contains(message), "\(found)")
  }
}
