import CaffeCore
import CaffeProto

/// Stochastic gradient descent with momentum.
///
/// With g the gradient and the weight decay's part: history ← momentum · history + rate · g; weight ← weight − history.
///
/// Source: Caffe's SGDSolver, whose history includes the learning rate.
public struct SGDRule: FormulaRule {
  /// `SGD`.
  public static let typeName = "SGD"
  /// The share of the last step that is kept.
  public let momentum: Float

  /// Takes `momentum`.
  public init(_ solver: SolverParameter) throws { momentum = try RuleFields(solver).momentum() }

  func formula(at iteration: Int) -> UpdateFormula { .sgd(momentum: momentum) }
}
