import CaffeCore
import CaffeProto

/// RMSProp: the rate of a weight is divided by the root of a running mean of its squared gradients.
///
/// With g the gradient and the weight decay's part: history ← rms_decay · history + (1 − rms_decay) · g²;
/// weight ← weight − rate · g / (√history + delta).
///
/// Source: Tieleman, Hinton, "RMSProp: Divide the gradient by a running average of its recent magnitude" (2012, lecture 6.5);
/// Caffe's RMSPropSolver, which refuses a momentum too.
public struct RMSPropRule: FormulaRule {
  /// `RMSProp`.
  public static let typeName = "RMSProp"
  /// The share of the mean square that is kept.
  public let decay: Float
  /// What keeps the denominator from zero.
  public let delta: Float

  /// Takes `rms_decay` and `delta`.
  public init(_ solver: SolverParameter) throws {
    let fields = RuleFields(solver)
    try fields.noMomentum(Self.typeName)
    decay = try fields.rmsDecay()
    delta = try fields.delta()
  }

  func formula(at iteration: Int) -> UpdateFormula { .rmsProp(decay: decay, delta: delta) }
}
