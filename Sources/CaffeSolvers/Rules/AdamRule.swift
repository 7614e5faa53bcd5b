import CaffeCore
import CaffeProto
import Foundation

/// Adam: the running mean of the gradients over the root of the running mean of their squares.
///
/// With g the gradient and the weight decay's part, t the iteration counted from 1: mean ← momentum · mean + (1 − momentum) · g;
/// squares ← momentum2 · squares + (1 − momentum2) · g²;
/// weight ← weight − rate · √(1 − momentum2^t) / (1 − momentum^t) · mean / (√squares + delta).
///
/// Source: Kingma, Ba, "Adam: A method for stochastic optimization" (2015); Caffe's AdamSolver.
public struct AdamRule: FormulaRule {
  /// `Adam`.
  public static let typeName = "Adam"
  /// The share of the mean that is kept.
  public let momentum: Float
  /// The share of the mean square that is kept.
  public let momentum2: Float
  /// What keeps the denominator from zero.
  public let delta: Float

  /// Takes `momentum`, `momentum2` and `delta`.
  public init(_ solver: SolverParameter) throws {
    let fields = RuleFields(solver)
    momentum = try fields.momentum()
    momentum2 = try fields.momentum2()
    delta = try fields.delta()
  }

  func formula(at iteration: Int) -> UpdateFormula { .adam(numbers(at: iteration)) }

  func numbers(at iteration: Int) -> AdamNumbers {
    let time = Double(iteration + 1)
    let correction = (1 - pow(Double(momentum2), time)).squareRoot() / (1 - pow(Double(momentum), time))
    return AdamNumbers(momentum: momentum, momentum2: momentum2, delta: delta, correction: Float(correction))
  }
}
