/// Something that a training remembers beside its weights and histories: what the plateau policy has seen, averaged
/// weights, how long the early stop has waited.
///
/// A checkpoint keeps a record of each of `Solver.checkpointedStates`, by name, so that a resumed training goes on as if it had
/// never stopped. An observer that conforms takes part without further ado.
///
/// To resume: ask every state for its restoration first, then run them all, so that a checkpoint is taken over as a whole or not at
/// all. A state that the checkpoint doesn't hold, and every one where there is no checkpoint, is reset once the weights are
/// in place.
public protocol CheckpointedState: AnyObject {
  /// The name in the checkpoint: one of its own, that never changes.
  var checkpointName: String { get }

  /// What it remembers now.
  func checkpoint() -> CheckpointRecord

  /// Checks that `record` is whole and fits, and returns what takes it over.
  ///
  /// - Throws: `CaffeError` when a value is missing or of another size; nothing is changed.
  func restoration(of record: CheckpointRecord) throws -> () -> Void

  /// Begins anew, from the weights that the net has now.
  func reset()
}

extension Solver {
  /// What a checkpoint has to hold beside weights and histories.
  public var checkpointedStates: [any CheckpointedState] {
    let own: [(any CheckpointedState)?] = [plateau, average, earlyStopping]
    return own.compactMap { $0 } + observers.compactMap { $0 as? any CheckpointedState }
  }
}
