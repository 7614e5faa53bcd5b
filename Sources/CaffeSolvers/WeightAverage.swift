import CaffeCore
import CaffeNet
import CaffeProto

/// The exponential moving average of a net's weights, which is tested and saved beside the weights themselves.
///
/// It begins with the weights after the first update. After update t, counted from 0: average ← d · average + (1 − d) · weight, with d
/// the smaller of `ema_decay` and (1 + t) / (10 + t), so that the first averages aren't mostly the weights of the start.
///
/// Source: Polyak, Juditsky, "Acceleration of stochastic approximation by averaging" (1992), in the form that TensorFlow's
/// ExponentialMovingAverage has.
final class WeightAverage: CheckpointedState {
  /// The share of the old average that is kept.
  let decay: Float
  private let net: Net
  private let engine: any Engine
  /// The averages; while they are in use, the weights.
  private let stored: [Buffer]
  /// The number of updates taken in.
  private var updates = 0
  private var areInUse = false

  /// Makes one for `net`; none where the solver asks for none.
  init?(_ solver: SolverParameter, net: Net, engine: any Engine) throws {
    guard solver.emaDecay >= 0, solver.emaDecay < 1 else {
      throw CaffeError(
        .value,
        "ema_decay: \(solver.emaDecay.general) in the solver; give a number from 0 up to but not including 1, "
          + "often 0.999")
    }
    guard solver.emaDecay > 0 else { return nil }
    decay = solver.emaDecay
    self.net = net
    self.engine = engine
    stored = net.learnable.map { Buffer(count: $0.blob.count) }
  }

  /// The bytes that the averages take.
  var byteCount: Int { stored.reduce(0) { $0 + $1.hostByteCount } }

  /// Takes in the weights after an update.
  func take() {
    let share = updates == 0 ? 0 : min(decay, Float(1 + updates) / Float(10 + updates))
    for (parameter, average) in zip(net.learnable, stored) {
      engine.axpby(1 - share, parameter.blob.data, share, average, count: average.count)
    }
    updates += 1
  }

  /// Runs `body` with the averages in the net's place (`true`) or with the weights themselves, and leaves the net as it was,
  /// whatever `body` throws. Before the first update both are the same.
  func using<Result>(_ averages: Bool, _ body: () throws -> Result) rethrows -> Result {
    guard averages != areInUse, updates > 0 else { return try body() }
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    areInUse.toggle()
    for (parameter, other) in zip(net.learnable, stored) { parameter.blob.data.exchangeValues(with: other) }
  }

  // MARK: - CheckpointedState

  var checkpointName: String { "ema" }

  func checkpoint() -> CheckpointRecord {
    let arrays = updates == 0 ? [] : using(false) { stored.enumerated().map { (String($0), $1.values) } }
    return CheckpointRecord(
      integers: ["updates": Int64(updates)], arrays: Dictionary(arrays) { first, _ in first })
  }

  func restoration(of record: CheckpointRecord) throws -> () -> Void {
    let updates = Int(try record.integer("updates"))
    guard updates >= 0 else {
      throw CaffeError(.corrupt, "the checkpoint's averages are of \(updates) updates; go on from another one")
    }
    let values = try updates == 0 ? [] : stored.enumerated().map { try record.array(String($0), count: $1.count) }
    return { [self] in
      self.updates = updates
      for (average, values) in zip(stored, values) { average.set(values) }
    }
  }

  /// The average begins with the weights after the next update.
  func reset() { updates = 0 }
}
