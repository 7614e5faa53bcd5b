import CaffeCore
import CaffeNet

extension RecurrentLayer: StatefulLayer {
  /// The states at the end of the last batch.
  package func currentState() -> LayerState { LayerState(arrays: endStates.map(\.values)) }

  /// Starts the next batch with the states of `state`.
  package func restore(_ state: LayerState) throws {
    let counts = Set(state.arrays.map(\.count))
    guard state.arrays.count == Self.stateCount, let count = counts.first, counts.count == 1,
      count % spec.outputs == 0
    else {
      throw error(
        .corrupt,
        "a state of \(state.arrays.count) arrays of \(state.arrays.map(\.count)) values can't be that of this layer, which has "
          + "\(Self.stateCount), each a multiple of \(spec.outputs)")
    }
    setStates(state.arrays)
  }
}
