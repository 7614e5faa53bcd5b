import CaffeCore
import CaffeNet
import CaffeProto

/// A reader that does nothing, so that a blob isn't an output of the net.
///
/// One bottom or more of any shapes; no tops.
///
/// No parameters.
///
/// Gradient: 0.
///
/// Source: Caffe's Silence.
///
/// ```
/// layer {
///   name: "silence"
///   type: "Silence"
///   bottom: "unused"
/// }
/// ```
package final class SilenceLayer: Layer {
  package override class var typeName: String { "Silence" }
  package override class var ports: Ports { Ports(bottoms: 1...Int.max, tops: 0...0) }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    for (blob, wanted) in zip(bottom, propagateDown) where wanted {
      engine.fill(blob.diff, count: blob.count, with: 0)
    }
  }
}
