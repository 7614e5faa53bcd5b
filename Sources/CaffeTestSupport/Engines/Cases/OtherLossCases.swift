import CaffeCore

extension EngineCase {
  /// Losses other than that of a softmax.
  package static var otherLosses: [EngineCase] {
    sigmoidCrossEntropies + hinges + multinomials + infogains + contrasts + otherInvalidLabels
  }

  private static let lossShapes = [
    ChannelSpec(outer: 6, channels: 5, inner: 1), ChannelSpec(outer: 3, channels: 4, inner: 7),
    ChannelSpec(outer: 1, channels: 1, inner: 1), ChannelSpec(outer: 0, channels: 3, inner: 1)
  ]

  /// A function of one buffer with one value, and its gradient for the gradient 1.5.
  private static func loss(
    _ input: (name: String, value: Buffer), checkable: Bool = true, also: [(name: String, buffer: Buffer)] = [],
    forward: @escaping (_ loss: Buffer) throws -> Void,
    backward: @escaping (_ lossGradient: Buffer, _ gradient: Buffer) throws -> Void
  ) -> EngineRun {
    let (loss, lossGradient, gradient) = (Buffer.dirty(1), Buffer([1.5]), Buffer.dirty(input.value.count))
    return EngineRun(
      EngineDerivative(
        inputs: [(input.name, input.value, gradient)], output: loss, outputGradient: lossGradient,
        forward: { try forward(loss) }, backward: { try backward(lossGradient, gradient) }),
      also: also, checkable: checkable)
  }

  private static var sigmoidCrossEntropies: [EngineCase] {
    let normalizations: [SoftmaxLossSpec.Normalization] = [.full, .valid, .batchSize, .none]
    let sizes = [(5, 7), (1, 1), (3, 5000), (0, 3)]
    let specs = sizes.flatMap { images, length in
      normalizations.flatMap { normalization in
        [nil, 0, -1].map {
          SigmoidCrossEntropySpec(images: images, length: length, ignoredLabel: $0, normalization: normalization)
        }
      }
    }
    return specs.map { spec in
      let ignored = spec.ignoredLabel.map { ", \($0) ignored" } ?? ""
      let name = "sigmoidCrossEntropy/\(spec.images) x \(spec.length), \(spec.normalization)\(ignored)"
      return EngineCase(name) { engine, stream in
        let x = stream.buffer(spec.count, in: -3...3)
        // Whole ones, and ones between.
        let t = Buffer(
          stream.values(spec.count, in: 0...1).enumerated().map { index, value in
            index % 3 == 0 ? value : index % 5 == 1 ? Float(spec.ignoredLabel ?? 1) : value.rounded()
          })
        let normalizer = Buffer.dirty(1)
        return loss(("scores", x), checkable: spec.count < 1000, also: [("normalizer", normalizer)]) {
          engine.sigmoidCrossEntropy(spec, scores: x, targets: t, loss: $0, normalizer: normalizer)
        } backward: {
          engine.sigmoidCrossEntropyBackward(
            spec, scores: x, targets: t, lossGradient: $0, normalizer: normalizer, inputGradient: $1)
        }
      }
    } + [
      EngineCase("sigmoidCrossEntropy/large scores") { engine, _ in
        let x = Buffer([100, -100, 100, -100, 3e4, -3e4])
        let t = Buffer([1, 0, 0, 1, 1, 0])
        let spec = SigmoidCrossEntropySpec(images: 6, length: 1)
        let normalizer = Buffer.dirty(1)
        return loss(("scores", x), checkable: false) {
          engine.sigmoidCrossEntropy(spec, scores: x, targets: t, loss: $0, normalizer: normalizer)
        } backward: {
          engine.sigmoidCrossEntropyBackward(
            spec, scores: x, targets: t, lossGradient: $0, normalizer: normalizer, inputGradient: $1)
        }
      }
    ]
  }

  private static var hinges: [EngineCase] {
    lossShapes.flatMap { shape in
      [HingeLossSpec.Norm.l1, .l2].map { norm in
        EngineCase("hingeLoss/\(norm), \(shape.outer) x \(shape.channels) x \(shape.inner)") { engine, stream in
          // Margins bend at 1 and −1, which none of these comes nearer to than 0.04.
          let x = Buffer(stream.separatedValues(shape.count).map { $0 + 0.04 })
          let labels = Buffer(stream.integers(shape.outer * shape.inner, in: 0...shape.channels - 1))
          let spec = HingeLossSpec(shape: shape, norm: norm)
          return loss(("scores", x)) {
            try engine.hingeLoss(spec, scores: x, labels: labels, loss: $0)
          } backward: {
            engine.hingeLossBackward(spec, scores: x, labels: labels, lossGradient: $0, inputGradient: $1)
          }
        }
      }
    }
  }

  private static var multinomials: [EngineCase] {
    lossShapes.map { shape in
      EngineCase("multinomialLoss/\(shape.outer) x \(shape.channels) x \(shape.inner)") { engine, stream in
        let p = stream.buffer(shape.count, in: 0.2...1)
        let labels = Buffer(stream.integers(shape.outer * shape.inner, in: 0...shape.channels - 1))
        return loss(("probabilities", p)) {
          try engine.multinomialLoss(shape, probabilities: p, labels: labels, loss: $0)
        } backward: {
          engine.multinomialLossBackward(
            shape, probabilities: p, labels: labels, lossGradient: $0, inputGradient: $1)
        }
      }
    } + [
      EngineCase("multinomialLoss/probabilities of zero") { engine, _ in
        let shape = ChannelSpec(outer: 2, channels: 3, inner: 1)
        let (p, labels) = (Buffer([0, 1, 0, 1e-30, 0.5, 0.5]), Buffer([2, 0]))
        return loss(("probabilities", p), checkable: false) {
          try engine.multinomialLoss(shape, probabilities: p, labels: labels, loss: $0)
        } backward: {
          engine.multinomialLossBackward(
            shape, probabilities: p, labels: labels, lossGradient: $0, inputGradient: $1)
        }
      }
    ]
  }

  private static var infogains: [EngineCase] {
    lossShapes.flatMap { shape in
      [(nil, .valid), (1, .valid), (nil, .full), (0, .batchSize), (nil, SoftmaxLossSpec.Normalization.none)].map {
        ignored, normalization in
        let spec = SoftmaxLossSpec(shape: shape, ignoredLabel: ignored, normalization: normalization)
        let title = "\(shape.outer) x \(shape.channels) x \(shape.inner), \(normalization), \(ignored ?? -1) ignored"
        return EngineCase("infogainLoss/\(title)") { engine, stream in
          let (x, p, normalizer) = (stream.buffer(shape.count, in: -2...2), Buffer.dirty(shape.count), Buffer.dirty(1))
          let labels = Buffer(stream.integers(shape.outer * shape.inner, in: 0...shape.channels - 1))
          let matrix = stream.buffer(shape.channels * shape.channels, in: 0...1)
          return loss(("scores", x), also: [("normalizer", normalizer)]) {
            engine.softmax(shape, input: x, output: p)
            try engine.infogainLoss(
              spec, probabilities: p, labels: labels, matrix: matrix, loss: $0, normalizer: normalizer)
          } backward: {
            engine.infogainLossBackward(
              spec, probabilities: p, labels: labels, matrix: matrix, lossGradient: $0, normalizer: normalizer,
              inputGradient: $1)
          }
        }
      }
    }
  }

  private static var contrasts: [EngineCase] {
    [(7, 4), (1, 1), (60, 129), (0, 2)].flatMap { pairs, length in
      [false, true].map { isLegacy in
        EngineCase("contrastiveLoss/\(pairs) x \(length)\(isLegacy ? ", legacy" : "")") { engine, stream in
          // Distances on both sides of the margin, and none very near to it or to 0.
          let spec = ContrastiveLossSpec(pairs: pairs, length: length, margin: 1.25, isLegacy: isLegacy)
          let (a, b) = (stream.buffer(pairs * length, in: 0...0.9), stream.buffer(pairs * length, in: -0.9...(-0.1)))
          let similar = Buffer(stream.integers(pairs, in: 0...1))
          let (aGradient, bGradient) = (Buffer.dirty(a.count), Buffer.dirty(b.count))
          let (alone, loss, lossGradient) = (Buffer.dirty(b.count), Buffer.dirty(1), Buffer([1.5]))
          return EngineRun(
            EngineDerivative(
              inputs: [("a", a, aGradient), ("b", b, bGradient)], output: loss, outputGradient: lossGradient
            ) {
              engine.contrastiveLoss(spec, a: a, b: b, similar: similar, loss: loss)
            } backward: {
              engine.contrastiveLossBackward(
                spec, a: a, b: b, similar: similar, lossGradient: lossGradient, aGradient: aGradient,
                bGradient: bGradient)
              engine.contrastiveLossBackward(
                spec, a: a, b: b, similar: similar, lossGradient: lossGradient, aGradient: nil, bGradient: alone)
            }, also: [("of b alone", alone)], checkable: pairs < 10)
        }
      }
    }
  }

  private static var otherInvalidLabels: [EngineCase] {
    [Float(-1), 4, 2.5, .nan].map { label in
      EngineCase("labels/\(label) of 4 classes, other losses", tolerance: .exact) { engine, stream in
        let shape = ChannelSpec(outer: 3, channels: 4, inner: 1)
        let (p, matrix) = (stream.buffer(12, in: 0...1), stream.buffer(16))
        let labels = Buffer([0, label, 3])
        let results = (0..<3).map { _ in Buffer.dirty(3) }
        let (one, other) = (Buffer.dirty(1), Buffer.dirty(1))
        return EngineRun([("hinge", results[0]), ("multinomial", results[1]), ("infogain", results[2])]) {
          results[0].set(
            refused { try engine.hingeLoss(HingeLossSpec(shape: shape), scores: p, labels: labels, loss: one) })
          results[1].set(
            refused { try engine.multinomialLoss(shape, probabilities: p, labels: labels, loss: one) })
          results[2].set(
            refused {
              try engine.infogainLoss(
                SoftmaxLossSpec(shape: shape), probabilities: p, labels: labels, matrix: matrix, loss: one,
                normalizer: other)
            })
        }
      }
    }
  }

  private static func refused(_ body: () throws -> Void) -> [Float] {
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
