/// The mean of the last losses, as the log shows it.
///
/// Computed as the original does: until there are enough losses a running mean, then each new one takes the oldest one's place.
package struct LossAverage {
  private let size: Int
  private var losses: [Float] = []
  package private(set) var value: Float = 0

  /// Averages over `size` losses.
  package init(size: Int) { self.size = size }

  /// Takes in the loss of an iteration, counted from the start of this run.
  package mutating func add(_ loss: Float, iteration: Int) {
    if losses.count < size {
      losses.append(loss)
      let count = Float(losses.count)
      value = (value * (count - 1) + loss) / count
    } else {
      let index = iteration % size
      value += (loss - losses[index]) / Float(size)
      losses[index] = loss
    }
    // A loss that is no number would otherwise stay in the mean for good.
    if !value.isFinite { value = losses.reduce(0, +) / Float(losses.count) }
  }

  // MARK: - Checkpoints

  /// The losses, and the mean to the last bit.
  var record: CheckpointRecord { CheckpointRecord(arrays: ["losses": losses, "value": [value]]) }

  /// Goes on from `record`; `nil` if it is an average over another number of losses.
  init?(size: Int, record: CheckpointRecord) throws {
    guard let losses = record.arrays["losses"], losses.count <= size else { return nil }
    self.size = size
    self.losses = losses
    value = try record.array("value", count: 1)[0]
  }
}
