import CaffeCore
import CaffeProto

/// AdaGrad: the rate of a weight falls with the squares of all its gradients so far.
///
/// With g the gradient and the weight decay's part: history ← history + g²; weight ← weight − rate · g / (√history + delta).
///
/// Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization" (2011);
/// Caffe's AdaGradSolver, which refuses a momentum too.
public struct AdaGradRule: FormulaRule {
  /// `AdaGrad`.
  public static let typeName = "AdaGrad"
  /// What keeps the denominator from zero.
  public let delta: Float

  /// Takes `delta`.
  public init(_ solver: SolverParameter) throws {
    let fields = RuleFields(solver)
    try fields.noMomentum(Self.typeName)
    delta = try fields.delta()
  }

  func formula(at iteration: Int) -> UpdateFormula { .adaGrad(delta: delta) }
}
