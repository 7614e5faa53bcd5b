import CKernels
import CaffeCore
import Foundation

extension CPUEngine: InformationLossOps {
  /// Computes `Σ −ln p[label] / outer`.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel.
  public func multinomialLoss(_ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, loss: Buffer) throws {
    let p = probabilities.hostForReading()
    var sum = 0.0
    try shape.forEachLabel(labels.hostForReading()) { start, label in
      sum -= log(Double(max(p[start + label * shape.inner], ChannelSpec.leastProbability)))
    }
    loss.plainForWriting(1)[0] = Float(sum / Double(max(shape.outer, 1)))
  }

  /// Computes the gradient of the probabilities: `−lossGradient[0] / (outer · p)` at the label, 0 elsewhere.
  public func multinomialLossBackward(
    _ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    let factor = lossGradient.hostForReading()[0] / Float(max(shape.outer, 1))
    let p = probabilities.hostForReading()
    let label = labels.hostForReading()
    let dx = inputGradient.plainForWriting(shape.count)
    dx.update(repeating: 0, count: shape.count)
    for place in 0..<shape.outer * shape.inner {
      guard let channel = Int(exactly: label[place]), channel >= 0, channel < shape.channels else { continue }
      let i = (place / shape.inner * shape.channels + channel) * shape.inner + place % shape.inner
      dx[i] = -factor / max(p[i], ChannelSpec.leastProbability)
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
      let row = h + label * shape.channels
      valid += 1
      // Most matrices are sparse.
      for c in 0..<shape.channels where row[c] != 0 {
        sum -= Double(row[c] * logf(max(p[start + c * shape.inner], ChannelSpec.leastProbability)))
      }
    }
    let divisor = spec.normalization.divisor(all: shape.outer * shape.inner, valid: valid, images: shape.outer)
    loss.plainForWriting(1)[0] = Float(sum / divisor)
    normalizer.plainForWriting(1)[0] = Float(divisor)
  }

  /// Computes the gradient of the scores that the probabilities came from by a softmax.
  public func infogainLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    let factor = lossGradient.hostForReading()[0] / normalizer.hostForReading()[0]
    let p = probabilities.hostForReading()
    let h = matrix.hostForReading()
    let label = labels.hostForReading()
    let rowSums = (0..<shape.channels).map { Float(caffe_sum(h + $0 * shape.channels, shape.channels)) }
    let dx = inputGradient.plainForWriting(shape.count)
    workers.split(shape.outer, bytes: shape.channels * shape.inner * 8, multiple: 1) { first, last in
      for place in first * shape.inner..<last * shape.inner {
        let start = place / shape.inner * shape.channels * shape.inner + place % shape.inner
        let row = Int(exactly: label[place]) ?? -1
        let counts = row != spec.ignoredLabel && row >= 0 && row < shape.channels
        for c in 0..<shape.channels {
          let i = start + c * shape.inner
          dx[i] = counts ? (p[i] * rowSums[row] - h[row * shape.channels + c]) * factor : 0
        }
      }
    }
  }
}
