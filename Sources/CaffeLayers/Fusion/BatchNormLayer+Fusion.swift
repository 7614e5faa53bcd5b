import CaffeCore
import CaffeNet

/// While training, a normalization by the batch's statistics does the work of the scale and the rectifier that follow.
extension BatchNormLayer: FusingLayer {
  package func fusible(_ followers: [LayerStep], bottom: [Blob], top: [Blob], trains: Bool) -> Int {
    guard trains, !usesAverages, let first = followers.first, let scale = first.layer as? ScaleLayer,
      first.bottom.count == 1, scale.scalesChannels(of: first.top[0])
    else { return 0 }
    return followers.count > 1 && slope(followers[1]) != nil ? 2 : 1
  }

  private func slope(_ step: LayerStep?) -> Float? { (step?.layer as? UnaryLayer)?.rectifyingSlope }

  private func finish(_ followers: [LayerStep]) -> (StandardizationFinish, ScaleLayer)? {
    guard let scale = followers.first?.layer as? ScaleLayer else { return nil }
    let slope = followers.count > 1 ? slope(followers[1]) : nil
    return (
      StandardizationFinish(scale: scale.blobs[0].data, shift: scale.shift?.data, negativeSlope: slope), scale
    )
  }

  /// In-place, the values that the bottom held are kept.
  package func forward(bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]) throws {
    guard let (finish, _) = finish(followers) else { return }
    let isInPlace = bottom[0] === top[0]
    if isInPlace {
      input.resize(to: shape.count)
      move(top[0].data, to: input)
    }
    cache.plan?.forward(
      input: isInPlace ? input : bottom[0].data, mean: mean, variance: variance, finish: finish, output: top[0].data)
    addStatistics()
  }

  package func backward(
    propagateDown: [Bool], bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]
  ) throws {
    guard let (finish, scale) = finish(followers) else { return }
    cache.plan?.backward(
      input: bottom[0] === top[0] ? input : bottom[0].data, mean: mean, variance: variance, finish: finish,
      output: top[0].data, outputGradient: top[0].diff,
      scaleGradient: scale.wantsGradient(ofParameter: 0) ? scale.blobs[0].diff : nil,
      shiftGradient: scale.shift != nil && scale.wantsGradient(ofParameter: 1) ? scale.blobs[1].diff : nil,
      inputGradient: bottom[0].diff)
  }

  package func forwardAgain(bottom: [Blob], top: [Blob]) throws {
    guard !usesAverages else { return try forward(bottom: bottom, top: top) }
    if bottom[0] === top[0] { move(input, to: top[0].data) }
    computeFromBatch(bottom: bottom, top: top)
  }

  private func move(_ source: Buffer, to target: Buffer) {
    if !source.handOver(to: target) { engine.copy(source, to: target, count: shape.count) }
  }
}
