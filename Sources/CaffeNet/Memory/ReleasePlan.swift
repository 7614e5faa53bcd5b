import CaffeCore

/// Whose values a net no longer needs, and after which layer.
struct ReleasePlan {
  /// What goes after each layer's forward.
  private var afterForward: [[Buffer]]
  /// What goes after each layer's backward.
  private var afterBackward: [[Buffer]]

  /// Where in a pass a buffer is read or written.
  private struct Use {
    let buffer: Buffer
    /// The last layer in forward order.
    var last: Int
    /// The first layer in forward order that computes gradients, the last one to do so.
    var firstBackward: Int?
  }

  /// Makes the plan of `net`. A backward may read all bottoms and tops of its layer.
  ///
  /// - Parameters:
  ///   - trains: Whether each forward is followed by a backward.
  ///   - kept: The buffers that stay.
  init(_ net: Net, trains: Bool, keeping kept: Set<ObjectIdentifier>) {
    afterForward = Array(repeating: [], count: net.layers.count)
    afterBackward = afterForward
    for use in ReleasePlan.uses(net, trains: trains) where !kept.contains(ObjectIdentifier(use.buffer)) {
      if let first = use.firstBackward {
        afterBackward[first].append(use.buffer)
      } else {
        afterForward[use.last].append(use.buffer)
      }
    }
  }

  /// All buffers that the plan lets go.
  var buffers: [Buffer] { (afterForward + afterBackward).flatMap { $0 } }

  /// Lets go what the forward of these layers was the last to need.
  func releaseAfterForward(_ layers: ClosedRange<Int>) { ReleasePlan.release(afterForward[layers]) }

  /// Lets go what the backward of these layers was the last to need.
  func releaseAfterBackward(_ layers: ClosedRange<Int>) { ReleasePlan.release(afterBackward[layers]) }

  private static func release(_ layers: ArraySlice<[Buffer]>) {
    for buffers in layers { for buffer in buffers { buffer.release() } }
  }

  private static func uses(_ net: Net, trains: Bool) -> [Use] {
    var uses: [Use] = []
    var places: [ObjectIdentifier: Int] = [:]
    for index in net.layers.indices {
      let backward = trains && net.layerNeedsBackward[index] ? index : nil
      for blob in net.bottoms[index] + net.tops[index] {
        for buffer in trains ? [blob.data, blob.diff] : [blob.data] {
          let place = places[ObjectIdentifier(buffer), default: uses.count]
          if place == uses.count {
            places[ObjectIdentifier(buffer)] = place
            uses.append(Use(buffer: buffer, last: index, firstBackward: backward))
          }
          uses[place].last = index
          uses[place].firstBackward = uses[place].firstBackward ?? backward
        }
      }
    }
    return uses
  }
}
