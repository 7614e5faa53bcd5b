import CaffeCore

extension ReferenceEngine: UpdateOps {
  /// Takes one step of gradient descent with momentum and weight decay.
  public func sgdUpdate(_ step: SGDStep, weights: Buffer, gradient: Buffer, history: Buffer, count: Int) {
    let w = weights.hostForUpdating()
    let g = gradient.hostForUpdating()
    let h = history.hostForUpdating()
    for i in 0..<count {
      let pull: Double =
        switch step.regularization {
        case .l1: w[i] > 0 ? 1 : w[i] < 0 ? -1 : 0
        case .l2: Double(w[i])
        }
      let slope = Double(step.gradientScale) * Double(g[i]) + Double(step.weightDecay) * pull
      h[i] = Float(Double(step.momentum) * Double(h[i]) + Double(step.rate) * slope)
      g[i] = h[i]
      w[i] -= h[i]
    }
  }
}
