import CaffeCore
import CaffeProto
import Foundation

/// How the learning rate follows from the iteration, as a factor of `base_lr` unless said otherwise.
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
  /// From base down to `minimum` along half a cosine, between the iterations `start` and `maximum`.
  case cosine(minimum: Float, start: Int, maximum: Int)
  /// gamma to the power of the number of falls that the loss has brought about, but the rate is at least the settings' minimum.
  case plateau(PlateauSettings)

  /// The names that `lr_policy` takes.
  public static let names = [
    "fixed", "step", "exp", "inv", "multistep", "poly", "sigmoid", "cosine", "plateau"
  ]

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
    case "cosine":
      self = .cosine(
        minimum: try fields.minimum(), start: Int(solver.warmupIter),
        maximum: try fields.maximum(after: solver.warmupIter))
    case "plateau": self = .plateau(try fields.plateau())
    default: throw fields.unknownPolicy()
    }
    try fields.refuseWhatIsNotUsed()
  }

  /// The learning rate of `iteration`, where the one of `fixed` is `base`.
  ///
  /// - Parameter falls: For `plateau`: how often the rate has fallen.
  public func rate(base: Float, iteration: Int, falls: Int = 0) -> Float {
    switch self {
    case .cosine(let minimum, let start, let maximum):
      let share = Double(iteration - start) / Double(maximum - start)
      let height = (1 + cos(Double.pi * min(1, max(0, share)))) / 2
      return Float(Double(minimum) + (Double(base) - Double(minimum)) * height)
    case .plateau(let settings):
      return max(settings.minimum, Float(Double(base) * pow(Double(settings.gamma), Double(falls))))
    default: return Float(Double(base) * factor(at: iteration))
    }
  }

  /// The rate as a share of the base's, for policies that have one.
  private func factor(at iteration: Int) -> Double {
    let count = Double(iteration)
    switch self {
    case .fixed, .cosine, .plateau: return 1
    case .step(let gamma, _), .multistep(let gamma, _): return pow(Double(gamma), Double(step(at: iteration)))
    case .exp(let gamma): return pow(Double(gamma), count)
    case .inv(let gamma, let power): return pow(1 + Double(gamma) * count, -Double(power))
    case .poly(let power, let maximum): return pow(max(0, 1 - count / Double(maximum)), Double(power))
    case .sigmoid(let gamma, let size): return 1 / (1 + Foundation.exp(-Double(gamma) * (count - Double(size))))
    }
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
