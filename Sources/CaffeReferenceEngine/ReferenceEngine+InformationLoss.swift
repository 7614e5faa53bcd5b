import CaffeCore
import Foundation

extension ReferenceEngine: InformationLossOps {
  /// Computes `Σ −ln p[label] / outer`.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel.
  public func multinomialLoss(_ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, loss: Buffer) throws {
    let p = probabilities.hostForReading()
    var sum = 0.0
    try shape.forEachLabel(labels.hostForReading()) { start, label in
      sum -= log(Double(max(p[start + label * shape.inner], ChannelSpec.leastProbability)))
    }
    loss.hostForUpdating()[0] = Float(sum / Double(max(shape.outer, 1)))
  }

  /// Computes the gradient of the probabilities: `−lossGradient[0] / (outer · p)` at the label, 0 elsewhere.
  public func multinomialLossBackward(
    _ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    let factor = Double(lossGradient[0]) / Double(max(shape.outer, 1))
    let p = probabilities.hostForReading()
    let label = labels.hostForReading()
    let dx = inputGradient.hostForWriting(shape.count)
    shape.forEachPlace { i, place, channel in
      let probability = Double(max(p[i], ChannelSpec.leastProbability))
      dx[i] = Float(channel) == label[place] ? Float(-factor / probability) : 0
    }
  }

  /// Computes `Σ −H[label, c] · ln p[c] / normalizer` over places and channels.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  public func infogainLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, loss: Buffer, normalizer: Buffer
  ) throws {
    let shape = spec.shape
    let p = probabilities.hostForReading()
    let h = matrix.hostForReading()
    var sum = 0.0
    var valid = 0
    try shape.forEachLabel(labels.hostForReading(), ignored: spec.ignoredLabel) { start, label in
      for c in 0..<shape.channels {
        let probability = max(p[start + c * shape.inner], ChannelSpec.leastProbability)
        sum -= Double(h[label * shape.channels + c]) * log(Double(probability))
      }
      valid += 1
    }
    let divisor = spec.normalization.divisor(all: shape.outer * shape.inner, valid: valid, images: shape.outer)
    loss.hostForUpdating()[0] = Float(sum / divisor)
    normalizer.hostForUpdating()[0] = Float(divisor)
  }

  /// Computes the gradient of the scores that the probabilities came from by a softmax.
  public func infogainLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    let factor = Double(lossGradient[0]) / Double(normalizer[0])
    let p = probabilities.hostForReading()
    let h = matrix.hostForReading()
    let label = labels.hostForReading()
    let rowSums = (0..<shape.channels).map { row in
      (0..<shape.channels).reduce(0.0) { $0 + Double(h[row * shape.channels + $1]) }
    }
    let dx = inputGradient.hostForWriting(shape.count)
    shape.forEachPlace { i, place, channel in
      guard let row = Int(exactly: label[place]), row != spec.ignoredLabel, rowSums.indices.contains(row) else {
        dx[i] = 0
        return
      }
      let difference = Double(p[i]) * rowSums[row] - Double(h[row * shape.channels + channel])
      dx[i] = Float(difference * factor)
    }
  }
}

extension ChannelSpec {
  /// Calls `body` with the index of every value, its place among the labels and its channel.
  @inline(__always)
  fileprivate func forEachPlace(_ body: (_ index: Int, _ place: Int, _ channel: Int) -> Void) {
    for place in 0..<outer * inner {
      let start = place / inner * channels * inner + place % inner
      for channel in 0..<channels { body(start + channel * inner, place, channel) }
    }
  }
}
