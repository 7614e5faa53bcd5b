import Caffe
import CaffeTestSupport
import Testing

/// Each update rule followed by hand for a step or two, and with everything that changes a gradient before it.
struct UpdateRuleTests {
  /// The weight after each of two steps.
  private func weights(_ fields: String) throws -> [Float] {
    let solver = try TinyTraining().solver("\(fields) max_iter: 2")
    return try (0..<2).map { _ in
      try solver.step(1)
      return TinyTraining.weight(solver)
    }
  }

  private func expect(
    _ fields: String, _ first: Double, _ second: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let got = try weights(fields)
    for (value, want) in zip(got, [first, second]) {
      #expect(abs(Double(value) - want) < 2e-6, "\(got)", sourceLocation: sourceLocation)
    }
  }

  /// The gradient at weight w: (2w − 4) · 2; −4 at the start.
  private func gradient(_ weight: Double) -> Double { (2 * weight - 4) * 2 }

  @Test func nesterov() throws {
    // −0.04, then 1.5 · −0.04; 0.5 · −0.04 + 0.01 · −3.76 = −0.0576, then 1.5 · −0.0576 − 0.5 · −0.04.
    try expect(#"type: "Nesterov" base_lr: 0.01 momentum: 0.5"#, 1.06, 1.1264)
  }

  @Test func adaGrad() throws {
    try expect(#"type: "AdaGrad" base_lr: 0.1"#, 1.1, 1.1 + 0.1 * 3.6 / (16 + 3.6 * 3.6).squareRoot())
  }

  @Test func rmsProp() throws {
    let first = 1 + 0.1 * 4 / 8.0.squareRoot()
    let slope = gradient(first)
    try expect(
      #"type: "RMSProp" base_lr: 0.1 rms_decay: 0.5"#, first,
      first - 0.1 * slope / (4 + 0.5 * slope * slope).squareRoot())
  }

  @Test func adaDelta() throws {
    // Squares 8, change −4 · √(1 / 9), its mean square 8/9; then gradient −2.4, squares 4 + 2.88.
    try expect(
      #"type: "AdaDelta" base_lr: 0.3 momentum: 0.5 delta: 1"#, 1.4,
      1.4 + 0.3 * 2.4 * ((8.0 / 9 + 1) / (6.88 + 1)).squareRoot())
  }

  @Test func adam() throws {
    let correction = (1 - 0.999 * 0.999).squareRoot() / (1 - 0.9 * 0.9)
    let squares = 0.999 * 0.016 + 0.001 * 3.6 * 3.6
    try expect(
      #"type: "Adam" base_lr: 0.1 momentum: 0.9 momentum2: 0.999"#, 1.1,
      1.1 + 0.1 * correction * 0.72 / squares.squareRoot())
  }

  @Test func adamWPullsBesideTheMeans() throws {
    let got = try weights(#"type: "AdamW" base_lr: 0.1 momentum: 0.9 weight_decay: 0.5"#)
    #expect(abs(got[0] - 1.05) < 2e-6)
    let bySign = try weights(
      #"type: "AdamW" base_lr: 0.1 momentum: 0.9 weight_decay: 0.2 regularization_type: "L1""#)
    #expect(abs(bySign[0] - 1.08) < 2e-6)
    let inTheGradient = try weights(#"type: "Adam" base_lr: 0.1 momentum: 0.9 weight_decay: 0.5"#)
    #expect(abs(inTheGradient[0] - 1.1) < 2e-6)
  }

  /// With a gradient of −1 in place of −4: the weight after one step.
  private static let oneStep: [(type: String, fields: String, weight: Double)] = [
    ("SGD", "momentum: 0.9", 1.1),
    ("Nesterov", "momentum: 0.9", 1.19),
    ("AdaGrad", "delta: 1", 1.05),
    ("RMSProp", "delta: 1 rms_decay: 0.75", 1 + 0.1 / 1.5),
    ("AdaDelta", "delta: 1 momentum: 0.5", 1 + 0.1 / 1.5.squareRoot()),
    ("Adam", "delta: 1 momentum: 0.5 momentum2: 0.75", 1 + 0.1 * (0.5 / 0.5) * 0.5 / (0.5 + 1))
  ]

  @Test(arguments: [
    "clip_gradients: 1", "weight_decay: 3", #"weight_decay: 3 regularization_type: "L1""#,
    // The sum of two batches is clipped to 2, then halved.
    "iter_size: 2 clip_gradients: 2", "iter_size: 2 weight_decay: 3"
  ])
  func whatChangesTheGradientHoldsForAllRules(fields: String) throws {
    for rule in Self.oneStep {
      let solver = try TinyTraining().solver(
        #"type: "\#(rule.type)" base_lr: 0.1 max_iter: 1 \#(rule.fields) \#(fields)"#)
      try solver.solve()
      #expect(abs(Double(TinyTraining.weight(solver)) - rule.weight) < 2e-6, "\(rule.type), \(fields)")
    }
  }

  @Test func multipliersHoldForAllRules() throws {
    let net = TinyTraining.net().replacing("lr_mult: 1", with: "lr_mult: 2 decay_mult: 0")
    for rule in Self.oneStep {
      let solver = try TinyTraining(net: net).solver(
        #"type: "\#(rule.type)" base_lr: 0.05 max_iter: 1 clip_gradients: 1 weight_decay: 3 \#(rule.fields)"#)
      try solver.solve()
      #expect(abs(Double(TinyTraining.weight(solver)) - rule.weight) < 2e-6, "\(rule.type)")
    }
  }

  @Test(arguments: UpdateRules.standard.map { $0.typeName })
  func statesAndNetsInPlaceAreIndependentOfTheRule(type: String) throws {
    let staged = #"layer { name: "extra" type: "Silence" bottom: "x" include { stage: "deep" } }"#
    let training = try TinyTraining()
    let solver = try training.solver(
      #"type: "\#(type)" max_iter: 1 train_state { stage: "deep" } test_iter: 1 test_interval: 1 test_state { level: 1 }"#,
      net: "net_param { \(TinyTraining.net()) \(staged) }")
    #expect(solver.net.layer(named: "extra") != nil)
    #expect(solver.testNets[0].layer(named: "extra") == nil)
    try solver.solve()
    #expect(TinyTraining.weight(solver) > 1)
  }

  @Test(arguments: [
    ("NESTEROV", "Nesterov"), ("ADAGRAD", "AdaGrad"), ("RMSPROP", "RMSProp"), ("ADADELTA", "AdaDelta"),
    ("ADAM", "Adam"),
    ("SGD", "SGD")
  ])
  func theOldNamesAreTheSameRules(old: String, type: String) throws {
    let solver = try TinyTraining().solver("solver_type: \(old)")
    #expect(Swift.type(of: solver.rule).typeName == type)
  }

  @Test(arguments: UpdateRules.standard.map { $0.typeName })
  func aResumedTrainingIsTheSame(type: String) throws {
    let momentum = ["AdaGrad", "RMSProp"].contains(type) ? "" : "momentum: 0.9"
    let fields = #"type: "\#(type)" weight_decay: 0.1 \#(momentum) snapshot_prefix: "run" snapshot: 3 max_iter: 6"#
    let training = try TinyTraining()
    let whole = try training.solver(fields)
    try whole.solve()
    let resumed = try training.solver(fields)
    try resumed.solve(resuming: "run_iter_3.solverstate")
    #expect(TinyTraining.weight(resumed) == TinyTraining.weight(whole))
  }
}
