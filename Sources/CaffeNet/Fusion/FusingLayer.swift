import CaffeCore

/// A layer that can do the work of layers that follow it, in fewer passes over memory, with results that differ by rounding only.
package protocol FusingLayer: Layer {
  /// How many of the steps that follow, each of which reads what the one before wrote, the layer can do with its own.
  ///
  /// - Parameter trains: Whether a backward pass follows: then the layer's `backward` for the steps must work too.
  func fusible(_ followers: [LayerStep], bottom: [Blob], top: [Blob], trains: Bool) -> Int

  /// Computes the last step's top from the bottoms. All layers have been reshaped.
  func forward(bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]) throws

  /// What the layer's and the steps' own `backward` would do.
  func backward(propagateDown: [Bool], bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]) throws

  /// Computes the layer's own top, as `forward` alone would have, after `forward` with steps; what the layer counts isn't counted twice.
  func forwardAgain(bottom: [Blob], top: [Blob]) throws
}

/// A layer of a net with its blobs.
package struct LayerStep {
  package let layer: Layer
  package let bottom: [Blob]
  package let top: [Blob]
  /// Whether the gradient of each bottom is wanted.
  package let propagateDown: [Bool]

  /// Whether the layer writes its top over its bottom.
  package var isInPlace: Bool { bottom.count == 1 && top.count == 1 && bottom[0] === top[0] }
}

/// Neighbouring layers of a net that the first of them computes at once.
final class Fusion {
  let head: any FusingLayer
  /// The indices of all layers.
  let range: ClosedRange<Int>
  /// The first layer that writes what the head does: an in-place head isn't it.
  let firstWriter: Int
  let followers: [LayerStep]
  /// Whether there is a backward pass for all of them at once.
  let trains: Bool
  /// Blobs between the layers, and how many followers it takes to compute each.
  let hidden: [(blob: Blob, followers: Int)]
  /// Whether the last forward was that of all at once, so that between them nothing has been computed.
  var isCurrent = false

  init(
    head: any FusingLayer, range: ClosedRange<Int>, firstWriter: Int, followers: [LayerStep], trains: Bool,
    hidden: [(blob: Blob, followers: Int)]
  ) {
    self.head = head
    self.range = range
    self.firstWriter = firstWriter
    self.followers = followers
    self.trains = trains
    self.hidden = hidden
  }
}
