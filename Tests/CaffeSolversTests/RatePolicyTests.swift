import Caffe
import Foundation
import Testing

/// The rate policies beside their formulas, and their errors.
struct RatePolicyTests {
  private func policy(_ text: String) throws -> RatePolicy {
    try RatePolicy(NetReader.parseSolver(text: text).solver)
  }

  private func expectRates(
    _ text: String, base: Float = 0.1, _ formula: (Double) -> Double, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let policy = try policy(text)
    for iteration in [0, 1, 2, 5, 6, 7, 99, 100, 101, 5000, 9999] {
      let want = Double(base) * formula(Double(iteration))
      let got = Double(policy.rate(base: base, iteration: iteration))
      #expect(abs(got - want) <= 1e-6 * abs(want) + 1e-12, "iteration \(iteration)", sourceLocation: sourceLocation)
    }
  }

  @Test func fixedStays() throws { try expectRates(#"lr_policy: "fixed""#) { _ in 1 } }

  @Test func stepLowersEverySize() throws {
    try expectRates(#"lr_policy: "step" gamma: 0.5 stepsize: 100"#) { pow(0.5, ($0 / 100).rounded(.down)) }
  }

  @Test func expFallsEachIteration() throws {
    try expectRates(#"lr_policy: "exp" gamma: 0.999"#) { pow(Double(Float(0.999)), $0) }
  }

  @Test func invFallsByAPower() throws {
    try expectRates(#"lr_policy: "inv" gamma: 0.0001 power: 0.75"#) { pow(1 + Double(Float(0.0001)) * $0, -0.75) }
  }

  @Test func multistepLowersAtEachValue() throws {
    try expectRates(#"lr_policy: "multistep" gamma: 0.5 stepvalue: 6 stepvalue: 100 stepvalue: 5000"#) {
      pow(0.5, ($0 >= 6 ? 1 : 0) + ($0 >= 100 ? 1 : 0) + ($0 >= 5000 ? 1 : 0))
    }
  }

  @Test func polyReachesZero() throws {
    try expectRates(#"lr_policy: "poly" power: 2 max_iter: 10000"#) { pow(1 - $0 / 10000, 2) }
    let policy = try policy(#"lr_policy: "poly" power: 2 max_iter: 10000"#)
    #expect(policy.rate(base: 1, iteration: 10000) == 0)
    #expect(policy.rate(base: 1, iteration: 10001) == 0)
  }

  @Test(arguments: ["0.01", "-0.01"])
  func sigmoidSwings(gamma: String) throws {
    let slope = Double(try #require(Float(gamma)))
    try expectRates(#"lr_policy: "sigmoid" gamma: \#(gamma) stepsize: 5000"#) { 1 / (1 + exp(-slope * ($0 - 5000))) }
  }

  @Test func multistepTakesOneStepAnIteration() throws {
    let policy = try policy(#"lr_policy: "multistep" gamma: 0.1 stepvalue: 5 stepvalue: 5 stepvalue: 3"#)
    #expect((4...8).map(policy.step) == [0, 1, 2, 3, 3])
  }

  @Test(arguments: [
    (#"base_lr: 0.1"#, "the solver has no lr_policy"),
    (#"lr_policy: "multi_step""#, #"there is no lr_policy "multi_step"; did you mean "multistep""#),
    (#"lr_policy: "step" gamma: 0.1"#, "needs the field stepsize"),
    (#"lr_policy: "step" gamma: 0.1 stepsize: 0"#, "stepsize: 0; give 1 or more"),
    (#"lr_policy: "step" stepsize: 10"#, "needs the field gamma"),
    (#"lr_policy: "multistep" gamma: 0.1"#, "needs the field stepvalue"),
    (#"lr_policy: "multistep" gamma: 0.1 stepvalue: -3"#, "stepvalue: -3; give 0 or more"),
    (#"lr_policy: "exp" gamma: -0.5"#, "gamma: -0.5; give 0 or more"),
    (#"lr_policy: "inv" gamma: 0.5"#, "needs the field power"),
    (#"lr_policy: "poly" power: 1"#, "max_iter: 0; give 1 or more")
  ])
  func wrongFieldsAreNamed(text: String, message: String) {
    let error = #expect(throws: CaffeError.self) { try policy(text) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }
}
