import CaffeCore
import CaffeProto
import Foundation

/// How the learning rate follows from the iteration: a factor of `base_lr`.
public enum RatePolicy: Hashable, Sendable {
  /// 1.
  case fixed
  /// gamma to the power of ⌊iteration / size⌋.
  case step(gamma: Float, size: Int)
  /// gamma to the power of the iteration.
  case exp(gamma: Float)
  /// (1 + gamma · iteration) to the power of -power.
  case inv(gamma: Float, power: Float)
  /// gamma to the power of the number of values that the iteration has reached.
  case multistep(gamma: Float, values: [Int])
  /// (1 - iteration / maximum) to the power of power; 0 beyond.
  case poly(power: Float, maximum: Int)
  /// 1 / (1 + e to the power of (-gamma · (iteration - size))).
  case sigmoid(gamma: Float, size: Int)

  /// The names that `lr_policy` takes.
  public static let names = ["fixed", "step", "exp", "inv", "multistep", "poly", "sigmoid"]

  /// Makes the policy that `lr_policy` names, from the fields that it needs.
  ///
  /// - Throws: `CaffeError` when there is no such policy, or one of its fields is missing or out of range.
  public init(_ solver: SolverParameter) throws {
    let fields = RateFields(solver)
    switch solver.lrPolicy {
    case "fixed": self = .fixed
    case "step": self = .step(gamma: try fields.gamma(), size: try fields.stepSize())
    case "exp": self = .exp(gamma: try fields.gamma())
    case "inv": self = .inv(gamma: try fields.gamma(), power: try fields.power())
    case "multistep": self = .multistep(gamma: try fields.gamma(), values: try fields.stepValues())
    case "poly": self = .poly(power: try fields.power(), maximum: try fields.maximum())
    case "sigmoid": self = .sigmoid(gamma: try fields.slope(), size: try fields.stepSize())
    default: throw fields.unknownPolicy()
    }
  }

  /// The learning rate of `iteration`, where the one of `fixed` is `base`.
  public func rate(base: Float, iteration: Int) -> Float {
    let count = Double(iteration)
    let factor: Double =
      switch self {
      case .fixed: 1
      case .step(let gamma, _), .multistep(let gamma, _): pow(Double(gamma), Double(step(at: iteration)))
      case .exp(let gamma): pow(Double(gamma), count)
      case .inv(let gamma, let power): pow(1 + Double(gamma) * count, -Double(power))
      case .poly(let power, let maximum): pow(max(0, 1 - count / Double(maximum)), Double(power))
      case .sigmoid(let gamma, let size): 1 / (1 + Foundation.exp(-Double(gamma) * (count - Double(size))))
      }
    return Float(Double(base) * factor)
  }

  /// How often `step` or `multistep` has lowered the rate by `iteration`; 0 for the others.
  public func step(at iteration: Int) -> Int {
    switch self {
    case .step(_, let size): return iteration / size
    case .multistep(_, let values):
      // As in the original: in order, and at most one step an iteration.
      var reached = -1
      for (count, value) in values.enumerated() {
        reached = max(value, reached + 1)
        if iteration < reached { return count }
      }
      return values.count
    default: return 0
    }
  }
}

/// The fields of a solver that policies are made of.
private struct RateFields {
  let solver: SolverParameter

  init(_ solver: SolverParameter) { self.solver = solver }

  func gamma() throws -> Float {
    guard solver.hasGamma else { throw missing("gamma") }
    guard solver.gamma >= 0, solver.gamma.isFinite else {
      throw wrong("gamma", solver.gamma.general, "0 or more")
    }
    return solver.gamma
  }

  /// The gamma of `sigmoid`: below 0 the rate falls, above it rises.
  func slope() throws -> Float {
    guard solver.hasGamma else { throw missing("gamma") }
    guard solver.gamma.isFinite else { throw wrong("gamma", solver.gamma.general, "a finite number") }
    return solver.gamma
  }

  func power() throws -> Float {
    guard solver.hasPower else { throw missing("power") }
    guard solver.power.isFinite else { throw wrong("power", solver.power.general, "a finite number") }
    return solver.power
  }

  func stepSize() throws -> Int {
    guard solver.hasStepsize else { throw missing("stepsize") }
    guard solver.stepsize > 0 else { throw wrong("stepsize", String(solver.stepsize), "1 or more") }
    return Int(solver.stepsize)
  }

  func stepValues() throws -> [Int] {
    guard !solver.stepvalue.isEmpty else { throw missing("stepvalue") }
    if let value = solver.stepvalue.first(where: { $0 < 0 }) { throw wrong("stepvalue", String(value), "0 or more") }
    return solver.stepvalue.map(Int.init)
  }

  func maximum() throws -> Int {
    guard solver.maxIter > 0 else { throw wrong("max_iter", String(solver.maxIter), "1 or more") }
    return Int(solver.maxIter)
  }

  func unknownPolicy() -> CaffeError {
    let known = RatePolicy.names.map { "\"\($0)\"" }.joined(separator: ", ")
    guard solver.hasLrPolicy else {
      return CaffeError(.field, "the solver has no lr_policy; give one of \(known)")
    }
    let hint = NearNames.hint(for: solver.lrPolicy, among: RatePolicy.names)
    return CaffeError(.value, "there is no lr_policy \"\(solver.lrPolicy)\"\(hint); there are \(known)")
  }

  private func missing(_ field: String) -> CaffeError {
    CaffeError(.field, "lr_policy \"\(solver.lrPolicy)\" needs the field \(field); add it to the solver")
  }

  private func wrong(_ field: String, _ value: String, _ range: String) -> CaffeError {
    CaffeError(.value, "lr_policy \"\(solver.lrPolicy)\" with \(field): \(value); give \(range)")
  }
}
