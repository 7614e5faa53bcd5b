import CaffeCore

extension EngineCase {
  /// Softmax losses with class weights, smoothed labels, and both.
  static var weightedLosses: [EngineCase] {
    let shapes = [
      ChannelSpec(outer: 6, channels: 5, inner: 1), ChannelSpec(outer: 3, channels: 5, inner: 2)
    ]
    let normalizations: [SoftmaxLossSpec.Normalization] = [.full, .valid, .batchSize, .none]
    let given: [[Float]?] = [nil, [0.5, 2, 0, 0.25, 1], [0.01, 0.02, 0.03, 0.01, 0.02]]
    return shapes.flatMap { shape in
      normalizations.flatMap { normalization in
        given.flatMap { weights in
          [Float(0), 0.1, 0.9].compactMap { smoothing in
            guard weights != nil || smoothing > 0 else { return nil }
            let spec = SoftmaxLossSpec(
              shape: shape, ignoredLabel: 4, normalization: normalization, labelSmoothing: smoothing)
            let what = weights.map { "weights from \($0[0])" } ?? "no weights"
            let name = "softmaxLoss/\(shape.count) scores, \(normalization), \(what), \(smoothing) smoothed"
            return softmaxLoss(name, spec, classWeights: weights) { stream in
              stream.integers(shape.outer * shape.inner, in: 0...shape.channels - 1)
            }
          }
        }
      }
    } + [
      softmaxLoss(
        "softmaxLoss/weights of 0", SoftmaxLossSpec(shape: ChannelSpec(outer: 4, channels: 3, inner: 1)),
        classWeights: [0, 0, 1]
      ) { _ in [0, 1, 0, 1] },
      sharedOut, weightedImpossible, weightedInvalid
    ]
  }

  /// Enough places for several threads; sums too large for differences.
  private static var sharedOut: EngineCase {
    EngineCase("softmaxLoss/6000 weighted and smoothed scores") { engine, stream in
      let spec = SoftmaxLossSpec(
        shape: ChannelSpec(outer: 40, channels: 5, inner: 30), ignoredLabel: 4, labelSmoothing: 0.1)
      let (x, p, weights) = (stream.buffer(6000, in: -2...2), Buffer.dirty(6000), Buffer([0.5, 2, 0, 0.25, 1]))
      let label = Buffer(stream.integers(1200, in: 0...4))
      let (loss, normalizer, dx) = (Buffer.dirty(1), Buffer.dirty(1), Buffer.dirty(6000))
      return EngineRun([("loss", loss), ("normalizer", normalizer), ("gradient", dx)]) {
        engine.softmax(spec.shape, input: x, output: p)
        try engine.softmaxLoss(
          spec, probabilities: p, labels: label, classWeights: weights, loss: loss, normalizer: normalizer)
        engine.softmaxLossBackward(
          spec, probabilities: p, labels: label, classWeights: weights, lossGradient: Buffer([1.5]),
          normalizer: normalizer, inputGradient: dx)
      }
    }
  }

  private static var weightedImpossible: EngineCase {
    EngineCase("softmaxLoss/probabilities of zero, smoothed") { engine, _ in
      let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 2, channels: 3, inner: 1), labelSmoothing: 0.25)
      let (p, label) = (Buffer([0, 1, 0, 0x1p-140, 0.5, 0.5]), Buffer([2, 0]))
      let (loss, normalizer) = (Buffer.dirty(1), Buffer.dirty(1))
      return EngineRun([("loss", loss), ("normalizer", normalizer)]) {
        try engine.softmaxLoss(
          spec, probabilities: p, labels: label, classWeights: Buffer([1, 2, 3]), loss: loss, normalizer: normalizer)
      }
    }
  }

  private static var weightedInvalid: EngineCase {
    EngineCase("labels/5 of 4 classes with weights", tolerance: .exact) { engine, stream in
      let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 3, channels: 4, inner: 2), ignoredLabel: 255)
      let (p, one, other) = (stream.buffer(24, in: 0...1), Buffer.dirty(1), Buffer.dirty(1))
      let found = Buffer.dirty(3)
      return EngineRun([("error", found)]) {
        found.set(
          invalidLabel {
            try engine.softmaxLoss(
              spec, probabilities: p, labels: Buffer([0, 3, 255, 5, 1, -1]), classWeights: Buffer([1, 1, 1, 1]),
              loss: one, normalizer: other)
          })
      }
    }
  }
}
