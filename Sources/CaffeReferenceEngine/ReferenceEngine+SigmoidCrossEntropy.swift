import CaffeCore
import Foundation

extension ReferenceEngine: SigmoidCrossEntropyOps {
  /// Computes `Σ (max(x, 0) − x · t + ln(1 + e^−|x|)) / normalizer` over the targets that aren't ignored.
  public func sigmoidCrossEntropy(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, loss: Buffer, normalizer: Buffer
  ) {
    let x = scores.hostForReading()
    let t = targets.hostForReading()
    var sum = 0.0
    var valid = 0
    for i in 0..<spec.count where !spec.ignores(t[i]) {
      let score = Double(x[i])
      sum += max(score, 0) - score * Double(t[i]) + log1p(exp(-abs(score)))
      valid += 1
    }
    let divisor = spec.divisor(valid: valid)
    loss.hostForUpdating()[0] = Float(sum / divisor)
    normalizer.hostForUpdating()[0] = Float(divisor)
  }

  /// Computes `inputGradient = (σ(x) − t) · lossGradient[0] / normalizer[0]`, 0 where the target is ignored.
  public func sigmoidCrossEntropyBackward(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, lossGradient: Buffer, normalizer: Buffer,
    inputGradient: Buffer
  ) {
    let factor = Double(lossGradient[0]) / Double(normalizer[0])
    let x = scores.hostForReading()
    let t = targets.hostForReading()
    let dx = inputGradient.hostForWriting(spec.count)
    for i in 0..<spec.count {
      let difference = 1 / (1 + exp(-Double(x[i]))) - Double(t[i])
      dx[i] = spec.ignores(t[i]) ? 0 : Float(difference * factor)
    }
  }
}

extension SigmoidCrossEntropySpec {
  fileprivate func ignores(_ target: Float) -> Bool {
    ignoredLabel.map { target.rounded(.towardZero) == Float($0) } ?? false
  }
}
