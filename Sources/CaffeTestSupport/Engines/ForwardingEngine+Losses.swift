import CaffeCore

extension ForwardingEngine {
  package func sigmoidCrossEntropy(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, loss: Buffer, normalizer: Buffer
  ) {
    forward(.sigmoidCrossEntropy, writing: [loss, normalizer]) {
      base.sigmoidCrossEntropy(spec, scores: scores, targets: targets, loss: loss, normalizer: normalizer)
    }
  }

  package func sigmoidCrossEntropyBackward(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, lossGradient: Buffer, normalizer: Buffer,
    inputGradient: Buffer
  ) {
    forward(.sigmoidCrossEntropyBackward, writing: [inputGradient]) {
      base.sigmoidCrossEntropyBackward(
        spec, scores: scores, targets: targets, lossGradient: lossGradient, normalizer: normalizer,
        inputGradient: inputGradient)
    }
  }
}

extension ForwardingEngine {
  package func hingeLoss(_ spec: HingeLossSpec, scores: Buffer, labels: Buffer, loss: Buffer) throws {
    try forward(.hingeLoss, writing: [loss]) {
      try base.hingeLoss(spec, scores: scores, labels: labels, loss: loss)
    }
  }

  package func hingeLossBackward(
    _ spec: HingeLossSpec, scores: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    forward(.hingeLossBackward, writing: [inputGradient]) {
      base.hingeLossBackward(
        spec, scores: scores, labels: labels, lossGradient: lossGradient, inputGradient: inputGradient)
    }
  }
}

extension ForwardingEngine {
  package func multinomialLoss(_ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, loss: Buffer) throws {
    try forward(.multinomialLoss, writing: [loss]) {
      try base.multinomialLoss(shape, probabilities: probabilities, labels: labels, loss: loss)
    }
  }

  package func multinomialLossBackward(
    _ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    forward(.multinomialLossBackward, writing: [inputGradient]) {
      base.multinomialLossBackward(
        shape, probabilities: probabilities, labels: labels, lossGradient: lossGradient,
        inputGradient: inputGradient)
    }
  }

  package func infogainLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, loss: Buffer, normalizer: Buffer
  ) throws {
    try forward(.infogainLoss, writing: [loss, normalizer]) {
      try base.infogainLoss(
        spec, probabilities: probabilities, labels: labels, matrix: matrix, loss: loss, normalizer: normalizer)
    }
  }

  package func infogainLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    forward(.infogainLossBackward, writing: [inputGradient]) {
      base.infogainLossBackward(
        spec, probabilities: probabilities, labels: labels, matrix: matrix, lossGradient: lossGradient,
        normalizer: normalizer, inputGradient: inputGradient)
    }
  }
}

extension ForwardingEngine {
  package func contrastiveLoss(_ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, loss: Buffer) {
    forward(.contrastiveLoss, writing: [loss]) {
      base.contrastiveLoss(spec, a: a, b: b, similar: similar, loss: loss)
    }
  }

  package func contrastiveLossBackward(
    _ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, lossGradient: Buffer, aGradient: Buffer?,
    bGradient: Buffer?
  ) {
    forward(.contrastiveLossBackward, writing: [aGradient, bGradient]) {
      base.contrastiveLossBackward(
        spec, a: a, b: b, similar: similar, lossGradient: lossGradient, aGradient: aGradient, bGradient: bGradient)
    }
  }
}
