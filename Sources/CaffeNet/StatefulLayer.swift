import CaffeCore

/// A layer whose forward changes, beside its tops, what the next forward starts from: where its random stream is, hidden values.
///
/// What computes a batch more than once asks for the state first and brings it back. Statistics that a layer keeps in `blobs` with a
/// default `lr_mult` of 0, as BatchNorm does, needn't be part of it: the net takes care of those.
public protocol StatefulLayer: AnyObject {
  /// The state as it is now.
  func currentState() -> LayerState

  /// Goes on from `state`, which this layer or one of the same message gave.
  ///
  /// - Throws: `CaffeError` when the state is that of another layer.
  func restore(_ state: LayerState) throws
}

/// What a layer carries from one forward to the next.
public struct LayerState: Hashable, Sendable {
  /// Where its random streams are.
  public var streams: [RandomStream.State]
  /// Values, hidden ones for example.
  public var arrays: [[Float]]

  /// Makes a state.
  public init(streams: [RandomStream.State] = [], arrays: [[Float]] = []) {
    self.streams = streams
    self.arrays = arrays
  }
}

/// A layer that draws from one random stream and remembers nothing else.
package protocol DrawingLayer: StatefulLayer {
  /// The stream.
  var random: RandomStream { get set }
}

extension DrawingLayer {
  /// Where the stream is.
  package func currentState() -> LayerState { LayerState(streams: [random.state]) }

  /// Goes on in the stream from there.
  package func restore(_ state: LayerState) throws {
    guard state.streams.count == 1, state.arrays.isEmpty else {
      throw CaffeError(
        .corrupt, "a state with \(state.streams.count) random streams, where 1 is needed; it is another layer's")
    }
    let own = random.state
    random.state = state.streams[0]
    // Ranks draw others than the first, whose states are written.
    if let layer = self as? Layer, layer.context.rank > 0 { random.state.seed = own.seed }
  }
}
