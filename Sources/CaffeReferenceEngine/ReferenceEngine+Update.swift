import CaffeCore

extension ReferenceEngine: UpdateOps {
  /// Takes one step, value by value, by the formulas as they are written down.
  public func update(
    _ formula: UpdateFormula, _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int
  ) {
    let w = weights.hostForUpdating()
    let g = gradient.hostForUpdating()
    let kept = histories.map { $0.hostForUpdating() }
    for i in 0..<count {
      let pull: Double =
        switch step.regularization {
        case .l1: w[i] > 0 ? 1 : w[i] < 0 ? -1 : 0
        case .l2: Double(w[i])
        }
      let decay = Double(step.weightDecay) * pull
      let slope = Double(step.gradientScale) * Double(g[i])
      let rate = Double(step.rate)
      var memory = kept.map { Double($0[i]) }
      let fall: Double
      if case .adam(let numbers) = formula, numbers.isDecayDecoupled {
        fall = formula.fall(slope, rate, &memory) + rate * decay
      } else {
        fall = formula.fall(slope + decay, rate, &memory)
      }
      for (history, value) in zip(kept, memory) { history[i] = Float(value) }
      g[i] = Float(fall)
      w[i] -= g[i]
    }
  }
}

extension UpdateFormula {
  /// By what a weight falls whose gradient is `g`; `memory` holds what is remembered of it.
  fileprivate func fall(_ g: Double, _ rate: Double, _ memory: inout [Double]) -> Double {
    func mix(_ share: Float, _ old: Double, _ new: Double) -> Double {
      Double(share) * old + (1 - Double(share)) * new
    }
    switch self {
    case .sgd(let momentum):
      memory[0] = Double(momentum) * memory[0] + rate * g
      return memory[0]
    case .nesterov(let momentum):
      let old = memory[0]
      memory[0] = Double(momentum) * old + rate * g
      return (1 + Double(momentum)) * memory[0] - Double(momentum) * old
    case .adaGrad(let delta):
      memory[0] += g * g
      return rate * g / (memory[0].squareRoot() + Double(delta))
    case .rmsProp(let decay, let delta):
      memory[0] = mix(decay, memory[0], g * g)
      return rate * g / (memory[0].squareRoot() + Double(delta))
    case .adaDelta(let momentum, let delta):
      memory[0] = mix(momentum, memory[0], g * g)
      let change = g * ((memory[1] + Double(delta)) / (memory[0] + Double(delta))).squareRoot()
      memory[1] = mix(momentum, memory[1], change * change)
      return rate * change
    case .adam(let numbers):
      memory[0] = mix(numbers.momentum, memory[0], g)
      memory[1] = mix(numbers.momentum2, memory[1], g * g)
      return rate * Double(numbers.correction) * memory[0] / (memory[1].squareRoot() + Double(numbers.delta))
    }
  }
}
