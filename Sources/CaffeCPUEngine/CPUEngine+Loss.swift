import CaffeCore
import Foundation

extension CPUEngine: LossOps {
  /// Computes the multinomial logistic loss of probabilities and what it is divided by.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  public func softmaxLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, loss: Buffer,
    normalizer: Buffer
  ) throws {
    guard classWeights == nil, spec.labelSmoothing == 0 else {
      let (sum, divisor) = try weightedLoss(
        spec, probabilities: probabilities, labels: labels, classWeights: classWeights)
      loss.plainForWriting(1)[0] = Float(sum / divisor)
      normalizer.plainForWriting(1)[0] = Float(divisor)
      return
    }
    let p = probabilities.hostForReading()
    let shape = spec.shape
    var sum = 0.0
    var valid = 0
    try shape.forEachLabel(labels.hostForReading(), ignored: spec.ignoredLabel) { start, label in
      sum -= log(Double(max(p[start + label * shape.inner], Float.leastNormalMagnitude)))
      valid += 1
    }
    let divisor = spec.divisor(valid: valid, weight: nil)
    loss.plainForWriting(1)[0] = Float(sum / divisor)
    normalizer.plainForWriting(1)[0] = Float(divisor)
  }

  /// Computes the gradient of the scores that the probabilities came from.
  public func softmaxLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    guard classWeights == nil, spec.labelSmoothing == 0 else {
      weightedLossBackward(
        spec, probabilities: probabilities, labels: labels, classWeights: classWeights, lossGradient: lossGradient,
        normalizer: normalizer, inputGradient: inputGradient)
      return
    }
    let (channels, inner) = (spec.shape.channels, spec.shape.inner)
    let factor = lossGradient.hostForReading()[0] / normalizer.hostForReading()[0]
    let p = probabilities.hostForReading()
    let label = labels.hostForReading()
    let ignored = spec.ignoredLabel.map { Float($0) }
    let dx = inputGradient.plainForWriting(spec.shape.count)
    workers.split(spec.shape.outer, bytes: channels * inner * 8, multiple: 1) { first, last in
      for i in first * channels * inner..<last * channels * inner { dx[i] = p[i] * factor }
      for place in first * inner..<last * inner {
        let start = place / inner * channels * inner + place % inner
        if label[place] == ignored {
          for channel in 0..<channels { dx[start + channel * inner] = 0 }
        } else if let wanted = Int(exactly: label[place]), wanted >= 0, wanted < channels {
          dx[start + wanted * inner] -= factor
        }
      }
    }
  }

  /// Computes the share of labels that are among the `topK` highest scores and, where `perClass` is given, that share for
  /// each class.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  public func accuracy(
    _ spec: AccuracySpec, scores: Buffer, labels: Buffer, result: Buffer, perClass: Buffer?
  ) throws {
    let x = scores.hostForReading()
    let shape = spec.shape
    var found = 0
    var seen = 0
    var foundOfClass = [Int](repeating: 0, count: perClass == nil ? 0 : shape.channels)
    var seenOfClass = foundOfClass
    try shape.forEachLabel(labels.hostForReading(), ignored: spec.ignoredLabel) { start, label in
      let places = x + start
      let own = places[label * shape.inner]
      var rivals = 0
      for channel in 0..<shape.channels where channel != label && places[channel * shape.inner] >= own { rivals += 1 }
      let hit = rivals < spec.topK ? 1 : 0
      seen += 1
      found += hit
      guard perClass != nil else { return }
      seenOfClass[label] += 1
      foundOfClass[label] += hit
    }
    result.plainForWriting(1)[0] = seen == 0 ? 0 : Float(Double(found) / Double(seen))
    guard let shares = perClass?.plainForWriting(shape.channels) else { return }
    for channel in 0..<shape.channels {
      let seen = seenOfClass[channel]
      shares[channel] = seen == 0 ? 0 : Float(Double(foundOfClass[channel]) / Double(seen))
    }
  }
}
