import CaffeCore
import CaffeNet

/// A convolution does the work of a rectifier that follows. Where nothing is learned, it does that of a normalization by averages, a scale and
/// a sum with another blob too.
extension ConvolutionLayer: FusingLayer {
  /// What steps that follow come to.
  private struct Tail {
    var norm: BatchNormLayer?
    var scale: ScaleLayer?
    var addend: Blob?
    var slope: Float?
    /// The number of steps.
    var count = 0
  }

  private func tail(_ followers: [LayerStep], top: Blob, trains: Bool) -> Tail {
    var tail = Tail()
    var current = top
    for step in followers {
      let isLinear = !trains && tail.addend == nil && tail.slope == nil
      switch step.layer {
      case let norm as BatchNormLayer where isLinear && norm.usesAverages && tail.norm == nil && tail.scale == nil:
        tail.norm = norm
      case let scale as ScaleLayer where isLinear && tail.scale == nil && scale.scalesChannels(of: step.top[0]):
        tail.scale = scale
      case let sum as EltwiseLayer where isLinear && sum.isPlainSum:
        tail.addend = step.bottom.first { $0 !== current }
      case let rectifier as UnaryLayer where tail.slope == nil && rectifier.rectifyingSlope != nil:
        tail.slope = rectifier.rectifyingSlope
      default:
        return tail
      }
      tail.count += 1
      current = step.top[0]
    }
    return tail
  }

  package func fusible(_ followers: [LayerStep], bottom: [Blob], top: [Blob], trains: Bool) -> Int {
    guard bottom.count == 1, bottom[0].shape.axisCount == geometry.kernel.count + 2 else { return 0 }
    return tail(followers, top: top[0], trains: trains).count
  }

  package func forward(bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]) throws {
    let tail = tail(followers, top: top[0], trains: context.phase == .train)
    guard let output = followers.last?.top[0] else { return }
    let finish = ConvolutionFinish(addend: tail.addend?.data, negativeSlope: tail.slope)
    guard tail.norm != nil || tail.scale != nil else {
      cache.plan?.forward(
        input: bottom[0].data, weights: blobs[0].data, bias: spec.hasBias ? blobs[1].data : nil, output: output.data,
        finish: finish)
      return
    }
    folded.update(self, norm: tail.norm, scale: tail.scale)
    cache.plan?.forward(
      input: bottom[0].data, weights: folded.weights, bias: folded.bias, output: output.data, finish: finish)
  }

  package func backward(
    propagateDown: [Bool], bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]
  ) throws {
    for step in followers.reversed() {
      try step.layer.backward(top: step.top, propagateDown: step.propagateDown, bottom: step.bottom)
    }
    try backward(top: top, propagateDown: propagateDown, bottom: bottom)
  }

  package func forwardAgain(bottom: [Blob], top: [Blob]) throws { try forward(bottom: bottom, top: top) }
}
