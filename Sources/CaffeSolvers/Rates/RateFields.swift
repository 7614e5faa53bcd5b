import CaffeCore
import CaffeProto

/// The fields of a solver that policies are made of.
struct RateFields {
  private let solver: SolverParameter

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

  func maximum(after start: Int32) throws -> Int {
    let maximum = try maximum()
    guard maximum > start else {
      throw wrong("max_iter", "\(maximum) and warmup_iter: \(start)", "a max_iter above warmup_iter")
    }
    return maximum
  }

  /// The least rate.
  func minimum() throws -> Float {
    guard solver.minLr >= 0, solver.minLr.isFinite, solver.minLr <= solver.baseLr else {
      throw wrong("min_lr", solver.minLr.general, "0 or more, and at most base_lr (\(solver.baseLr.general))")
    }
    return solver.minLr
  }

  func plateau() throws -> PlateauSettings {
    let gamma = try gamma()
    guard gamma > 0, gamma < 1 else { throw wrong("gamma", gamma.general, "a number between 0 and 1, often 0.1") }
    guard !solver.plateauWinsize.isEmpty else { throw missing("plateau_winsize") }
    if let size = solver.plateauWinsize.first(where: { $0 < 1 }) {
      throw wrong("plateau_winsize", String(size), "1 or more")
    }
    return PlateauSettings(
      gamma: gamma, windows: solver.plateauWinsize.map(Int.init), minimum: try minimum(), repeatsLast: solver.hasMinLr,
      start: Int(solver.warmupIter))
  }

  /// Fields of other policies would be passed over in silence.
  func refuseWhatIsNotUsed() throws {
    if solver.hasMinLr, !["cosine", "plateau"].contains(solver.lrPolicy) {
      throw CaffeError(
        .field,
        "min_lr belongs to lr_policy \"cosine\" and \"plateau\", not to \"\(solver.lrPolicy)\"; remove it, or change one"
      )
    }
    if !solver.plateauWinsize.isEmpty, solver.lrPolicy != "plateau" {
      throw CaffeError(
        .field,
        "plateau_winsize belongs to lr_policy \"plateau\", not to \"\(solver.lrPolicy)\"; remove it, or change one")
    }
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
