import CaffeCore
import CaffeProto

/// The fields of a solver that update rules are made of.
struct RuleFields {
  private let solver: SolverParameter

  init(_ solver: SolverParameter) { self.solver = solver }

  /// The share of the last step, or of the means, that is kept.
  func momentum() throws -> Float { try share(solver.momentum, "momentum", often: "0.9") }

  /// The share of Adam's mean square that is kept.
  func momentum2() throws -> Float { try share(solver.momentum2, "momentum2", often: "0.999") }

  /// The share of RMSProp's mean square that is kept.
  func rmsDecay() throws -> Float { try share(solver.rmsDecay, "rms_decay", often: "0.98") }

  /// What keeps denominators from zero.
  func delta() throws -> Float {
    guard solver.delta > 0, solver.delta.isFinite else {
      throw CaffeError(
        .value,
        "delta: \(solver.delta.general) in the solver; give a number above 0, often 1e-8: it is what weights "
          + "without a gradient are divided by")
    }
    return solver.delta
  }

  /// Refuses a momentum, as the original does where a rule has no use for one.
  func noMomentum(_ rule: String) throws {
    guard solver.momentum == 0 else {
      throw CaffeError(
        .value, "momentum: \(solver.momentum.general) cannot be used with \(rule); remove it, or choose another type")
    }
  }

  private func share(_ value: Float, _ field: String, often: String) throws -> Float {
    guard value >= 0, value < 1 else {
      throw CaffeError(
        .value,
        "\(field): \(value.general) in the solver; give a number from 0 up to but not including 1, often \(often)")
    }
    return value
  }
}
