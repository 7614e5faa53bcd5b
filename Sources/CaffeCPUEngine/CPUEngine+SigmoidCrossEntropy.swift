import CKernels
import CaffeCore

extension CPUEngine: SigmoidCrossEntropyOps {
  /// Computes `Σ (max(x, 0) − x · t + ln(1 + e^−|x|)) / normalizer` over the targets that aren't ignored.
  public func sigmoidCrossEntropy(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, loss: Buffer, normalizer: Buffer
  ) {
    let x = scores.hostForReading()
    let t = targets.hostForReading()
    // Parts of a fixed size, whatever the number of threads, so that all of them give the same sum.
    let size = 4096
    let parts = (spec.count + size - 1) / size
    var sum = 0.0
    var valid = 0
    withScratch(Double.self, parts) { sums in
      withScratch(Int.self, parts) { counts in
        workers.split(parts, bytes: size * 64, multiple: 1) { first, last in
          for part in first..<last {
            let start = part * size
            sums[part] = caffe_sigmoid_cross_entropy(
              x + start, t + start, spec.ignoredLabel != nil, Float(spec.ignoredLabel ?? 0),
              min(size, spec.count - start), counts + part)
          }
        }
        for part in 0..<parts {
          sum += sums[part]
          valid += counts[part]
        }
      }
    }
    let divisor = spec.divisor(valid: valid)
    loss.plainForWriting(1)[0] = Float(sum / divisor)
    normalizer.plainForWriting(1)[0] = Float(divisor)
  }

  /// Computes `inputGradient = (σ(x) − t) · lossGradient[0] / normalizer[0]`, 0 where the target is ignored.
  public func sigmoidCrossEntropyBackward(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, lossGradient: Buffer, normalizer: Buffer,
    inputGradient: Buffer
  ) {
    let factor = lossGradient.hostForReading()[0] / normalizer.hostForReading()[0]
    let x = scores.hostForReading()
    let t = targets.hostForReading()
    let dx = inputGradient.plainForWriting(spec.count)
    workers.split(spec.count, bytes: 16) { first, last in
      caffe_sigmoid_cross_entropy_gradient(
        x + first, t + first, spec.ignoredLabel != nil, Float(spec.ignoredLabel ?? 0), factor, dx + first,
        last - first)
    }
  }
}
