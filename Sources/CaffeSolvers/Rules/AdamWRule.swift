import CaffeCore
import CaffeProto

/// Adam with the weight decay beside the means instead of in the gradient.
///
/// As `AdamRule` with the bare gradient; then the weight falls by rate · decay · weight besides (L1: by its sign).
///
/// Source: Loshchilov, Hutter, "Decoupled weight decay regularization" (2019). The original has no such solver.
public struct AdamWRule: FormulaRule {
  /// `AdamW`.
  public static let typeName = "AdamW"
  private let adam: AdamRule

  /// Takes `momentum`, `momentum2` and `delta`.
  public init(_ solver: SolverParameter) throws { adam = try AdamRule(solver) }

  func formula(at iteration: Int) -> UpdateFormula {
    var numbers = adam.numbers(at: iteration)
    numbers.isDecayDecoupled = true
    return .adam(numbers)
  }
}
