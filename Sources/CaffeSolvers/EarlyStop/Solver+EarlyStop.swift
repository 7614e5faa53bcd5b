extension Solver {
  /// Ends the training, from now on, when a test output is no longer getting better; `nil` to train on.
  ///
  /// Call it before going on from a checkpoint, which then says how long it has waited already. `solve` takes the last snapshot as
  /// it does after `max_iter`.
  ///
  /// - Throws: `CaffeError` when no test net has the output, a number is out of range, or nothing tells which way is better.
  public func stopEarly(by rule: EarlyStop?) throws {
    earlyStopping = try rule.map { try EarlyStopping($0, testNets: testNets) }
    isEarlyStopped = false
  }
}
