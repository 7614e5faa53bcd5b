import CKernels
import CaffeCore

extension CPUEngine: UpdateOps {
  /// Makes one step over `count` values of a parameter, its gradient and its histories.
  public func update(
    _ formula: UpdateFormula, _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int
  ) {
    let w = weights.hostForUpdating()
    let g = gradient.hostForUpdating()
    let h = histories[0].hostForUpdating()
    // Formulas that remember one array don't look at the second.
    let k = histories.count > 1 ? histories[1].hostForUpdating() : h
    let numbers = caffe_step(
      rate: step.rate, decay: step.weightDecay, scale: step.gradientScale, l1: step.regularization == .l1)
    workers.split(count, bytes: 8 + 4 * histories.count) { first, last in
      let length = last - first
      let (w, g, h, k) = (w + first, g + first, h + first, k + first)
      switch formula {
      case .sgd(let momentum): caffe_sgd(numbers, momentum, w, g, h, length)
      case .nesterov(let momentum): caffe_nesterov(numbers, momentum, w, g, h, length)
      case .adaGrad(let delta): caffe_adagrad(numbers, delta, w, g, h, length)
      case .rmsProp(let decay, let delta): caffe_rmsprop(numbers, decay, delta, w, g, h, length)
      case .adaDelta(let momentum, let delta): caffe_adadelta(numbers, momentum, delta, w, g, h, k, length)
      case .adam(let adam):
        caffe_adam(
          numbers, adam.momentum, adam.momentum2, adam.delta, adam.correction, adam.isDecayDecoupled, w, g, h, k,
          length)
      }
    }
  }
}
