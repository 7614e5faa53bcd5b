import CaffeCore
import CaffeProto

/// Nesterov's accelerated gradient.
///
/// With g the gradient and the weight decay's part: new ← momentum · history + rate · g;
/// weight ← weight − ((1 + momentum) · new − momentum · history); history ← new.
///
/// Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning" (2013);
/// Caffe's NesterovSolver.
public struct NesterovRule: FormulaRule {
  /// `Nesterov`.
  public static let typeName = "Nesterov"
  /// The share of the last step that is kept.
  public let momentum: Float

  /// Takes `momentum`.
  public init(_ solver: SolverParameter) throws { momentum = try RuleFields(solver).momentum() }

  func formula(at iteration: Int) -> UpdateFormula { .nesterov(momentum: momentum) }
}
