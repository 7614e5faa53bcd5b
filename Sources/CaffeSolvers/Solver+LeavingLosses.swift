import CaffeCore
import CaffeNet

// Iterations on an engine that computes later: nothing is read, so that the next one is asked for while this one is computed.
extension Solver {
  /// Whether losses are left where they are until somebody shows them. Whoever decides by the loss, or by gradients, what becomes of an
  /// iteration can't do that.
  var leavesLosses: Bool {
    guard context.engine.isDeferred, nonFinitePolicy != .skip else { return false }
    return plateau == nil && !settings.debugInfo
  }

  /// Does an iteration; its loss is looked at when one is displayed, tested or written.
  func iterateLeavingLosses(isDisplayed: Bool) throws {
    for batch in 0..<settings.batchesPerUpdate {
      try net.forwardLeavingLosses()
      pendingLosses.record(isFirst: batch == 0)
      try net.backward()
    }
    pendingLosses.advance()
    var report: TrainingReport?
    if isDisplayed || pendingLosses.isFull {
      try takeLosses(duringIteration: true, checkingGradients: isDisplayed)
    }
    if isDisplayed { report = display() }
    for observer in observers { try observer.solverHasGradients(self) }
    try update(isDisplayed: isDisplayed)
    context.engine.submit()
    try context.engine.check()
    if let report {
      for observer in observers { try observer.solver(self, displayed: report) }
    }
    iteration += 1
  }

  /// Reads the losses that were left, and whether they, and if asked for the gradients, are finite.
  ///
  /// - Throws: `CaffeError` of code `nonFinite` when one isn't and the policy is to stop, and what went wrong on a device.
  func takeLosses(duringIteration: Bool = false, checkingGradients: Bool = false) throws {
    guard leavesLosses || pendingLosses.count > 0 else { return }
    let taken = pendingLosses.take()
    try context.engine.finish()
    let first = iteration - taken.count + (duringIteration ? 1 : 0)
    var fault: String?
    for (offset, losses) in taken.enumerated() {
      let loss = losses.total / Float(settings.batchesPerUpdate)
      if !loss.isFinite, fault == nil { fault = try lossFault(losses.total, at: first + offset) }
      if fault == nil {
        for (layer, value) in zip(pendingLosses.softmaxLayers, losses.softmax) { watch(layer, Double(value)) }
      }
      averageLoss.add(loss, iteration: first + offset - averageStart)
    }
    if checkingGradients, fault == nil, net.hasNonFiniteGradient {
      fault = try gradientFault(taken.last?.total ?? 0)
    }
    if fault == nil { nonFiniteCount.inARow = 0 }
  }
}
