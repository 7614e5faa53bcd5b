import CaffeCore
import Foundation

/// Softmax losses with class weights or smoothed labels.
extension CPUEngine {
  /// The sum of the terms and what it is divided by.
  ///
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  func weightedLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?
  ) throws -> (sum: Double, divisor: Double) {
    let (p, shape) = (probabilities.hostForReading(), spec.shape)
    let weights = classWeights?.hostForReading()
    var (weight, valid) = (0.0, 0)
    var places: [(start: Int, label: Int)] = []
    try shape.forEachLabel(labels.hostForReading(), ignored: spec.ignoredLabel) { start, label in
      weight += weights.map { Double($0[label]) } ?? 1
      valid += 1
      places.append((start, label))
    }
    let shares = targetShares(spec)
    // A term for each place, added up in order: the sum doesn't depend on the number of threads.
    let terms = [Double](unsafeUninitializedCapacity: places.count) { terms, count in
      count = places.count
      workers.split(places.count, bytes: spec.labelSmoothing > 0 ? shape.channels * 64 : 64, multiple: 1) {
        first, last in
        func surprise(_ start: Int, _ channel: Int) -> Double {
          let value = -log(Double(max(p[start + channel * shape.inner], Float.leastNormalMagnitude)))
          return weights.map { value * Double($0[channel]) } ?? value
        }
        for place in first..<last {
          let (start, label) = places[place]
          var term = shares.label * surprise(start, label)
          if shares.each > 0 {
            for channel in 0..<shape.channels { term += shares.each * surprise(start, channel) }
          }
          terms.initializeElement(at: place, to: term)
        }
      }
    }
    return (terms.reduce(0, +), spec.divisor(valid: valid, weight: weights == nil ? nil : weight))
  }

  /// The gradient of the scores.
  func weightedLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    let (channels, inner) = (spec.shape.channels, spec.shape.inner)
    let factor = lossGradient.hostForReading()[0] / normalizer.hostForReading()[0]
    let p = probabilities.hostForReading()
    let label = labels.hostForReading()
    let ignored = spec.ignoredLabel.map { Float($0) }
    let weights = classWeights?.values ?? Array(repeating: 1, count: channels)
    let shares = targetShares(spec)
    let (own, each) = (Float(shares.label) * factor, Float(shares.each) * factor)
    let all = each * Float(weights.reduce(0.0) { $0 + Double($1) })
    let dx = inputGradient.plainForWriting(spec.shape.count)
    workers.split(spec.shape.outer, bytes: channels * inner * 8, multiple: 1) { first, last in
      for place in first * inner..<last * inner {
        let start = place / inner * channels * inner + place % inner
        guard label[place] != ignored, let wanted = Int(exactly: label[place]), wanted >= 0, wanted < channels else {
          for channel in 0..<channels { dx[start + channel * inner] = 0 }
          continue
        }
        let scale = own * weights[wanted] + all
        for channel in 0..<channels {
          let i = start + channel * inner
          dx[i] = p[i] * scale - each * weights[channel]
        }
        dx[start + wanted * inner] -= own * weights[wanted]
      }
    }
  }

  /// The shares of the target that fall to the label and, beside that, to each channel.
  private func targetShares(_ spec: SoftmaxLossSpec) -> (label: Double, each: Double) {
    let smoothing = Double(spec.labelSmoothing)
    return (1 - smoothing, smoothing / Double(spec.shape.channels))
  }
}
