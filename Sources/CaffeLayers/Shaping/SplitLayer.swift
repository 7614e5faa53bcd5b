import CaffeCore
import CaffeNet
import CaffeProto

/// One blob for several readers: every top is the bottom.
///
/// One bottom of any shape; one top or more of the same shape, which share the bottom's data.
///
/// No parameters. A net inserts these layers itself where a blob has several readers.
///
/// Gradient: dx = Σ dyᵢ.
///
/// Source: Caffe's Split.
///
/// ```
/// layer {
///   name: "split"
///   type: "Split"
///   bottom: "x"
///   top: "a"
///   top: "b"
/// }
/// ```
package final class SplitLayer: Layer {
  package override class var typeName: String { "Split" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...Int.max) }

  private var gradients = BufferList()
  private var ones: [Float] = []

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    for blob in top {
      blob.reshape(to: bottom[0].shape)
      blob.shareData(with: bottom[0])
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    // Readers without a gradient, such as Accuracy, never touch theirs.
    let isWhole = top.allSatisfy { !$0.diff.isUntouched }
    let gradients = isWhole ? gradients.gradients(of: top) : top.map(\.diff).filter { !$0.isUntouched }
    let count = bottom[0].count
    switch gradients.count {
    case 0: engine.fill(bottom[0].diff, count: count, with: 0)
    case 1: engine.copy(gradients[0], to: bottom[0].diff, count: count)
    default:
      if ones.count != gradients.count { ones = Array(repeating: 1, count: gradients.count) }
      engine.weightedSum(gradients, coefficients: ones, output: bottom[0].diff, count: count)
    }
  }
}
