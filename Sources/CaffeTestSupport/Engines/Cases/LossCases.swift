import CaffeCore

extension EngineCase {
  /// Losses and accuracies.
  package static var losses: [EngineCase] { softmaxLosses + weightedLosses + accuracies + invalidLabels }

  private static var softmaxLosses: [EngineCase] {
    let shapes = [ChannelSpec(outer: 6, channels: 5, inner: 1), ChannelSpec(outer: 3, channels: 4, inner: 7)]
    let normalizations: [SoftmaxLossSpec.Normalization] = [.full, .valid, .batchSize, .none]
    let specs = shapes.flatMap { shape in
      normalizations.flatMap { normalization in
        [nil, 0, -1, 255].map {
          SoftmaxLossSpec(shape: shape, ignoredLabel: $0, normalization: normalization)
        }
      }
    }
    return specs.map { spec in
      let ignored = spec.ignoredLabel.map { ", \($0) ignored" } ?? ""
      return softmaxLoss("softmaxLoss/\(spec.shape.count) scores, \(spec.normalization)\(ignored)", spec) { stream in
        let labels = spec.shape.outer * spec.shape.inner
        return stream.integers(labels, in: 0...spec.shape.channels - 1).enumerated().map { index, label in
          index % 4 == 1 ? Float(spec.ignoredLabel ?? 0) : label
        }
      }
    } + [
      softmaxLoss(
        "softmaxLoss/all ignored",
        SoftmaxLossSpec(shape: ChannelSpec(outer: 4, channels: 3, inner: 1), ignoredLabel: 2)
      ) { _ in [2, 2, 2, 2] },
      softmaxLoss(
        "softmaxLoss/one class", SoftmaxLossSpec(shape: ChannelSpec(outer: 4, channels: 1, inner: 2))
      ) { _ in Array(repeating: 0, count: 8) },
      vanishingProbability
    ]
  }

  /// Scores through a softmax to a loss, as the layer does it.
  static func softmaxLoss(
    _ name: String, _ spec: SoftmaxLossSpec, classWeights: [Float]? = nil,
    labels: @escaping @Sendable (inout RandomStream) -> [Float]
  ) -> EngineCase {
    EngineCase(name) { engine, stream in
      let x = stream.buffer(spec.shape.count, in: -2...2)
      let weights = classWeights.map { Buffer($0) }
      let label = Buffer(labels(&stream))
      let (p, dx) = (Buffer.dirty(x.count), Buffer.dirty(x.count))
      let (loss, normalizer) = (Buffer.dirty(1), Buffer.dirty(1))
      let lossGradient = Buffer([1.5])
      return EngineRun(
        EngineDerivative(inputs: [("scores", x, dx)], output: loss, outputGradient: lossGradient) {
          engine.softmax(spec.shape, input: x, output: p)
          try engine.softmaxLoss(
            spec, probabilities: p, labels: label, classWeights: weights, loss: loss, normalizer: normalizer)
        } backward: {
          engine.softmaxLossBackward(
            spec, probabilities: p, labels: label, classWeights: weights, lossGradient: lossGradient,
            normalizer: normalizer, inputGradient: dx)
        }, also: [("normalizer", normalizer)])
    }
  }

  private static var vanishingProbability: EngineCase {
    EngineCase("softmaxLoss/probabilities of zero") { engine, _ in
      let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 2, channels: 3, inner: 1))
      let (p, label) = (Buffer([0, 1, 0, 0x1p-140, 0.5, 0.5]), Buffer([2, 0]))
      let (loss, normalizer) = (Buffer.dirty(1), Buffer.dirty(1))
      return EngineRun([("loss", loss), ("normalizer", normalizer)]) {
        try engine.softmaxLoss(
          spec, probabilities: p, labels: label, classWeights: nil, loss: loss, normalizer: normalizer)
      }
    }
  }

  private static var accuracies: [EngineCase] {
    let shapes = [ChannelSpec(outer: 50, channels: 5, inner: 1), ChannelSpec(outer: 3, channels: 7, inner: 11)]
    return shapes.flatMap { shape in
      [1, 3, shape.channels].flatMap { topK in
        [nil, 1].flatMap { ignored in
          [false, true].map { tied in
            accuracy(AccuracySpec(shape: shape, topK: topK, ignoredLabel: ignored), tied: tied)
          }
        }
      }
    } + [
      EngineCase("accuracy/all ignored", tolerance: .exact) { engine, stream in
        let spec = AccuracySpec(shape: ChannelSpec(outer: 3, channels: 4, inner: 1), ignoredLabel: 3)
        let (x, label, result, shares) = (stream.buffer(12), Buffer([3, 3, 3]), Buffer.dirty(1), Buffer.dirty(4))
        return EngineRun([("accuracy", result), ("per class", shares)]) {
          try engine.accuracy(spec, scores: x, labels: label, result: result, perClass: shares)
        }
      }
    ]
  }

  private static func accuracy(_ spec: AccuracySpec, tied: Bool) -> EngineCase {
    let ignored = spec.ignoredLabel.map { ", \($0) ignored" } ?? ""
    let name = "accuracy/\(spec.shape.count) scores, top \(spec.topK)\(ignored)\(tied ? ", ties" : "")"
    return EngineCase(name, tolerance: .elementwise) { engine, stream in
      let x = Buffer(tied ? stream.tiedValues(spec.shape.count) : stream.values(spec.shape.count))
      let label = Buffer(stream.integers(spec.shape.outer * spec.shape.inner, in: 0...spec.shape.channels - 1))
      let (alone, result, shares) = (Buffer.dirty(1), Buffer.dirty(1), Buffer.dirty(spec.shape.channels))
      return EngineRun([("accuracy alone", alone), ("accuracy", result), ("per class", shares)]) {
        try engine.accuracy(spec, scores: x, labels: label, result: alone, perClass: nil)
        try engine.accuracy(spec, scores: x, labels: label, result: result, perClass: shares)
      }
    }
  }

  /// What is said about labels that are none: the place, the label, the number of classes.
  private static var invalidLabels: [EngineCase] {
    let labels: [Float] = [-1, 4, 2.5, .nan, .infinity, 1e30, -0.5]
    return labels.map { label in
      EngineCase("labels/\(label) of 4 classes", tolerance: .exact) { engine, stream in
        let shape = ChannelSpec(outer: 3, channels: 4, inner: 2)
        let (p, one, other) = (stream.buffer(24, in: 0...1), Buffer.dirty(1), Buffer.dirty(1))
        let given = Buffer([0, 3, 1, 255, label, label])
        let (loss, accuracy) = (Buffer.dirty(3), Buffer.dirty(3))
        return EngineRun([("of the loss", loss), ("of the accuracy", accuracy)]) {
          loss.set(
            invalidLabel {
              let spec = SoftmaxLossSpec(shape: shape, ignoredLabel: 255)
              try engine.softmaxLoss(
                spec, probabilities: p, labels: given, classWeights: nil, loss: one, normalizer: other)
            })
          accuracy.set(
            invalidLabel {
              let spec = AccuracySpec(shape: shape, ignoredLabel: 255)
              try engine.accuracy(spec, scores: p, labels: given, result: one, perClass: nil)
            })
        }
      }
    }
  }

  static func invalidLabel(_ body: () throws -> Void) -> [Float] {
    do {
      try body()
      return [-1, -1, -1]
    } catch let error as InvalidLabel {
      return [Float(error.position), error.value, Float(error.classes)]
    } catch {
      return [-2, -2, -2]
    }
  }
}
