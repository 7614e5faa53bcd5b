import CaffeCore
import CaffeProto

/// AdaDelta: steps are as large as earlier ones were, by the running means of squared gradients and squared changes.
///
/// With g the gradient and the weight decay's part: squares ← momentum · squares + (1 − momentum) · g²;
/// change = g · √((changes + delta) / (squares + delta)); changes ← momentum · changes + (1 − momentum) · change²;
/// weight ← weight − rate · change. The `momentum` is the decay of both means.
///
/// Source: Zeiler, "ADADELTA: An adaptive learning rate method" (2012); Caffe's AdaDeltaSolver.
public struct AdaDeltaRule: FormulaRule {
  /// `AdaDelta`.
  public static let typeName = "AdaDelta"
  /// The share of both means that is kept.
  public let momentum: Float
  /// What keeps the denominator from zero and lets the first steps begin.
  public let delta: Float

  /// Takes `momentum` and `delta`.
  public init(_ solver: SolverParameter) throws {
    let fields = RuleFields(solver)
    momentum = try fields.momentum()
    delta = try fields.delta()
  }

  func formula(at iteration: Int) -> UpdateFormula { .adaDelta(momentum: momentum, delta: delta) }
}
