import CaffeCore
import CaffeNet

/// What a solver does when the loss or a gradient is no finite number.
public enum NonFinitePolicy: String, CaseIterable, Hashable, Sendable {
  /// The training ends with an error that says where the number came from.
  case stop
  /// A warning says where it came from, and the training goes on, the update included.
  case warn
  /// A warning says where it came from, and the update of that iteration is left out.
  case skip
}

/// What an iteration computed before its update.
struct GradientPass {
  /// The loss, the mean over the iteration's batches.
  var loss: Float
  /// What is wrong with it or the gradients; nothing when all is finite.
  var fault: String?
}

/// How often something wasn't finite.
struct NonFiniteCount {
  /// After so many iterations in a row without an update, it isn't a bad batch that is to blame.
  static let longestRun = 20

  /// Iterations whose update was left out.
  var skipped = 0
  /// Those of them, or those warned of, that came one after the other up to now.
  var inARow = 0
}

extension Solver {
  /// Computes the loss and the gradients of an iteration's batches.
  ///
  /// - Throws: `CaffeError` of code `nonFinite` when the policy is to stop.
  func computeGradients() throws -> GradientPass {
    var pass = GradientPass(loss: 0)
    for _ in 0..<settings.batchesPerUpdate {
      let loss = try net.forward()
      pass.loss += loss
      if !loss.isFinite, pass.fault == nil { pass.fault = try lossFault(loss, at: iteration) }
      // The other batches of an iteration that is left out are read all the same: a resumed training counts on it.
      guard pass.fault == nil || nonFinitePolicy == .warn else { continue }
      try net.backward()
    }
    if pass.fault == nil, net.hasNonFiniteGradient { pass.fault = try gradientFault(pass.loss) }
    pass.loss /= Float(settings.batchesPerUpdate)
    if pass.fault == nil { nonFiniteCount.inARow = 0 }
    return pass
  }

  /// Leaves out the update of an iteration that had a fault: no gradients, and what layers carry as it was before.
  func leaveOut(_ pass: GradientPass, carried: CarriedState) throws {
    nonFiniteCount.skipped += 1
    net.clearGradients()
    try net.restore(carried)
  }

  /// Whether the policy leaves out the update after `pass`.
  func leavesOut(_ pass: GradientPass) -> Bool { pass.fault != nil && nonFinitePolicy == .skip }

  /// The number of iterations whose update was left out since it wasn't finite, in this run.
  public var skippedUpdates: Int { nonFiniteCount.skipped }

  /// Says at the end how many updates were left out.
  func reportSkippedUpdates() {
    guard skippedUpdates > 0 else { return }
    warn("\(skippedUpdates) updates were left out, since the loss or a gradient wasn't finite")
  }

  /// Checks that no parameter is infinite or no number, before weights are written.
  func checkParameters() throws {
    guard let value = net.firstNonFiniteParameter() else { return }
    let fault = "the weights after \(iteration) iterations aren't finite: \(value); \(remedy)"
    guard nonFinitePolicy == .warn else { throw CaffeError(.nonFinite, fault) }
    warn(fault)
  }

  // MARK: - Faults

  /// Deals with a loss that isn't finite.
  func lossFault(_ loss: Float, at iteration: Int) throws -> String {
    let value = try net.firstNonFiniteValue()
    let origin = value.map { "; the first value that isn't finite is \($0)" } ?? ""
    let later = iteration < self.iteration ? ", seen at iteration \(self.iteration)" : ""
    let fault = "the loss is \(loss) at iteration \(iteration)\(later)\(origin)"
    if nonFinitePolicy == .skip, let value, case .parameter = value.place {
      throw CaffeError(
        .nonFinite,
        "\(fault): without that parameter no update can help, so there is nothing to skip; go on from an earlier snapshot, "
          + "with a lower base_lr")
    }
    return try report(fault)
  }

  /// Deals with gradients that aren't finite.
  func gradientFault(_ loss: Float) throws -> String {
    let origin = try net.firstNonFiniteGradient().map { "; the first is \($0)" } ?? ""
    return try report(
      "gradients aren't finite at iteration \(iteration), though the loss, \((loss / Float(settings.batchesPerUpdate)).general), "
        + "is\(origin)")
  }

  private var remedy: String { "lower base_lr, set clip_gradients, or look for bad values in the data" }

  /// Deals with `fault` as the policy says.
  @discardableResult
  private func report(_ fault: String) throws -> String {
    nonFiniteCount.inARow += 1
    switch nonFinitePolicy {
    case .stop: throw CaffeError(.nonFinite, "\(fault): \(remedy)")
    case .skip:
      guard nonFiniteCount.inARow < NonFiniteCount.longestRun else {
        throw CaffeError(
          .nonFinite, "\(fault); this is the \(nonFiniteCount.inARow)th iteration in a row without an update: \(remedy)"
        )
      }
      warn("\(fault); its update is left out")
    case .warn:
      // Once weights aren't finite every iteration says so; what is shown then is enough.
      let isShown = nonFiniteCount.inARow == 1 || SolverSettings.isDue(iteration, every: settings.display)
      if isShown { warn("\(fault): \(remedy)") }
    }
    return fault
  }

  func warn(_ text: String) { context.logger.warning("\(text)", at: "solver.cpp:239") }
}
