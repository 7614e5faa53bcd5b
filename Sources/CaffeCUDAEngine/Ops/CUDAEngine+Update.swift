import CCUDA
import CaffeCore

extension CUDAEngine: UpdateOps {
  /// Makes one step over a parameter. Steps that follow each other and are alike are made by one kernel.
  public func update(
    _ formula: UpdateFormula, _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int
  ) {
    guard count > 0 else { return }
    let kept = histories.map { update($0) }
    let part = caffe_gpu_update(
      weights: update(weights), gradient: update(gradient),
      history: (kept[0], kept.count > 1 ? kept[1] : 0), count: Int32(count), firstBlock: 0, rate: step.rate,
      decay: step.weightDecay)
    var (kernel, numbers) = formula.launched
    numbers.gradientScale = step.gradientScale
    numbers.isL1 = step.regularization == .l1 ? 1 : 0
    device.launchUpdate(kernel, part, numbers)
  }
}

extension UpdateFormula {
  /// The kernel and the formula's numbers.
  fileprivate var launched: (Kernel, caffe_gpu_update_numbers) {
    var numbers = caffe_gpu_update_numbers()
    switch self {
    case .sgd(let momentum):
      numbers.momentum = momentum
      return (Kernel("update", "update_sgd"), numbers)
    case .nesterov(let momentum):
      numbers.momentum = momentum
      return (Kernel("update", "update_nesterov"), numbers)
    case .adaGrad(let delta):
      numbers.delta = delta
      return (Kernel("update", "update_ada_grad"), numbers)
    case .rmsProp(let decay, let delta):
      (numbers.momentum, numbers.delta) = (decay, delta)
      return (Kernel("update", "update_rms_prop"), numbers)
    case .adaDelta(let momentum, let delta):
      (numbers.momentum, numbers.delta) = (momentum, delta)
      return (Kernel("update", "update_ada_delta"), numbers)
    case .adam(let adam):
      (numbers.momentum, numbers.momentum2) = (adam.momentum, adam.momentum2)
      (numbers.delta, numbers.correction) = (adam.delta, adam.correction)
      numbers.isDecoupled = adam.isDecayDecoupled ? 1 : 0
      return (Kernel("update", "update_adam"), numbers)
    }
  }
}
