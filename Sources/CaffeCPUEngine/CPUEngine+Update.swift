import CKernels
import CaffeCore

extension CPUEngine: UpdateOps {
  /// Makes one step of SGD over `count` values of a parameter, its gradient and its history.
  public func sgdUpdate(_ step: SGDStep, weights: Buffer, gradient: Buffer, history: Buffer, count: Int) {
    let w = weights.hostForUpdating()
    let g = gradient.hostForUpdating()
    let h = history.hostForUpdating()
    workers.split(count, bytes: 12) { first, last in
      caffe_sgd(
        step.rate, step.momentum, step.weightDecay, step.regularization == .l1, step.gradientScale, w + first,
        g + first, h + first, last - first)
    }
  }
}
