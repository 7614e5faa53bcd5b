import CaffeCore
import Foundation

extension ReferenceEngine: LossOps {
  /// Computes the multinomial logistic loss of probabilities and what it is divided by.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  public func softmaxLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, loss: Buffer,
    normalizer: Buffer
  ) throws {
    let p = probabilities.hostForReading()
    let weights = self.weights(classWeights, spec)
    let smoothing = Double(spec.labelSmoothing)
    let shared = smoothing / Double(spec.shape.channels)
    var sum = 0.0
    var weight = 0.0
    var valid = 0
    try spec.shape.forEachLabel(labels.hostForReading(), ignored: spec.ignoredLabel) { start, label in
      func surprise(_ channel: Int) -> Double {
        -weights[channel] * log(Double(max(p[start + channel * spec.shape.inner], Float.leastNormalMagnitude)))
      }
      sum += (1 - smoothing) * surprise(label)
      if smoothing > 0 { sum += shared * (0..<spec.shape.channels).reduce(0) { $0 + surprise($1) } }
      weight += weights[label]
      valid += 1
    }
    let divisor = spec.divisor(valid: valid, weight: classWeights == nil ? nil : weight)
    loss.hostForUpdating()[0] = Float(sum / divisor)
    normalizer.hostForUpdating()[0] = Float(divisor)
  }

  /// Computes the gradient of the scores that the probabilities came from.
  public func softmaxLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    let weights = self.weights(classWeights, spec)
    let all = weights.reduce(0, +)
    let smoothing = Double(spec.labelSmoothing)
    let p = probabilities.hostForReading()
    let label = labels.hostForReading()
    let factor = Double(lossGradient[0]) / Double(normalizer[0])
    let dx = inputGradient.hostForWriting(shape.count)
    for outer in 0..<shape.outer {
      for inner in 0..<shape.inner {
        let wanted = label[outer * shape.inner + inner]
        let ignored = spec.ignoredLabel.map { Float($0) == wanted } ?? false
        let weight = Int(exactly: wanted).flatMap { weights.indices.contains($0) ? weights[$0] : nil } ?? 0
        for channel in 0..<shape.channels {
          let i = (outer * shape.channels + channel) * shape.inner + inner
          let own = weight * (Double(p[i]) - (Float(channel) == wanted ? 1 : 0))
          let shared = (all * Double(p[i]) - weights[channel]) / Double(shape.channels)
          dx[i] = ignored ? 0 : Float(((1 - smoothing) * own + smoothing * shared) * factor)
        }
      }
    }
  }

  private func weights(_ given: Buffer?, _ spec: SoftmaxLossSpec) -> [Double] {
    given?.values.map { Double($0) } ?? Array(repeating: 1, count: spec.shape.channels)
  }

  /// Computes the share of labels that are among the `topK` highest scores and, where `perClass` is given, that share for
  /// each class.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  public func accuracy(
    _ spec: AccuracySpec, scores: Buffer, labels: Buffer, result: Buffer, perClass: Buffer?
  ) throws {
    let shape = spec.shape
    let x = scores.hostForReading()
    var found = [Int](repeating: 0, count: shape.channels)
    var seen = found
    try shape.forEachLabel(labels.hostForReading(), ignored: spec.ignoredLabel) { start, label in
      let own = x[start + label * shape.inner]
      let rivals = (0..<shape.channels).count { $0 != label && x[start + $0 * shape.inner] >= own }
      seen[label] += 1
      if rivals < spec.topK { found[label] += 1 }
    }
    result.hostForUpdating()[0] = share(found.reduce(0, +), of: seen.reduce(0, +))
    guard let shares = perClass?.hostForUpdating() else { return }
    for channel in 0..<shape.channels { shares[channel] = share(found[channel], of: seen[channel]) }
  }

  private func share(_ part: Int, of whole: Int) -> Float { whole == 0 ? 0 : Float(Double(part) / Double(whole)) }
}
