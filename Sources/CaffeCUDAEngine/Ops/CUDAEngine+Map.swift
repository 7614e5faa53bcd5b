import CaffeCore

extension CUDAEngine: MapOps {
  /// Computes `output = f(input)` over `count` values.
  public func map(_ function: UnaryFunction, input: Buffer, output: Buffer, count: Int) {
    guard count > 0 else { return }
    let order = order(of: [input], to: [output], count: count)
    let x = read(input, in: order)
    let (kernel, numbers) = function.forward
    device.launch(kernel, .over(count), x, write(output, count, in: order), count, numbers.0, numbers.1, numbers.2)
  }

  /// Computes `inputGradient = outputGradient · f′` over `count` values.
  public func mapBackward(
    _ function: UnaryFunction, input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    guard count > 0 else { return }
    let order = order(of: [input, output, outputGradient], to: [inputGradient], count: count)
    let (x, y, dy) = (read(input, in: order), read(output, in: order), read(outputGradient, in: order))
    let (kernel, numbers) = function.backward
    device.launch(
      kernel, .over(count), x, y, dy, write(inputGradient, count, in: order), count, numbers.0, numbers.1, numbers.2)
  }
}

extension UnaryFunction {
  /// The kernel, and the numbers that it calls a, b and c.
  fileprivate var forward: (Kernel, (Float, Float, Float)) {
    switch self {
    case .relu(let slope): (Kernel("map", "map_relu"), (slope, 0, 0))
    case .sigmoid: (Kernel("map", "map_sigmoid"), (0, 0, 0))
    case .tanh: (Kernel("map", "map_tanh"), (0, 0, 0))
    case .absoluteValue: (Kernel("map", "map_absolute"), (0, 0, 0))
    case .power(1, let scale, let shift): (Kernel("map", "map_linear"), (scale, shift, 0))
    case .power(2, let scale, let shift): (Kernel("map", "map_square"), (scale, shift, 0))
    case .power(let power, let scale, let shift): (Kernel("map", "map_power"), (scale, shift, power))
    case .exponential(let inner, let outer): (Kernel("map", "map_exponential"), (inner, outer, 0))
    case .logarithm(let base, let scale, let shift): (Kernel("map", "map_logarithm"), (scale, shift, base))
    case .elu(let alpha): (Kernel("map", "map_elu"), (alpha, 0, 0))
    case .bnll: (Kernel("map", "map_bnll"), (0, 0, 0))
    case .clip(let minimum, let maximum): (Kernel("map", "map_clip"), (minimum, maximum, 0))
    case .swish(let beta): (Kernel("map", "map_swish"), (beta, 0, 0))
    case .threshold(let threshold): (Kernel("map", "map_threshold"), (threshold, 0, 0))
    }
  }

  fileprivate var backward: (Kernel, (Float, Float, Float)) {
    switch self {
    case .relu(let slope): (Kernel("map", "slope_relu"), (slope, 0, 0))
    case .sigmoid: (Kernel("map", "slope_sigmoid"), (0, 0, 0))
    case .tanh: (Kernel("map", "slope_tanh"), (0, 0, 0))
    case .absoluteValue: (Kernel("map", "slope_absolute"), (0, 0, 0))
    case .power(let power, let scale, let shift): powerSlope(power, scale, shift)
    case .exponential(let inner, _): (Kernel("map", "slope_exponential"), (inner, 0, 0))
    case .logarithm(let base, let scale, let shift): (Kernel("map", "slope_logarithm"), (scale, shift, base))
    case .elu(let alpha): (Kernel("map", "slope_elu"), (alpha, 0, 0))
    case .bnll: (Kernel("map", "slope_bnll"), (0, 0, 0))
    case .clip(let minimum, let maximum): (Kernel("map", "slope_clip"), (minimum, maximum, 0))
    case .swish(let beta): (Kernel("map", "slope_swish"), (beta, 0, 0))
    case .threshold: (Kernel("map", "slope_constant"), (0, 0, 0))
    }
  }

  /// A constant function has derivative 0, even where the formula gives 0 · ∞.
  private func powerSlope(_ power: Float, _ scale: Float, _ shift: Float) -> (Kernel, (Float, Float, Float)) {
    let factor = power * scale
    if power == 1 || factor == 0 { return (Kernel("map", "slope_constant"), (factor, 0, 0)) }
    if power == 2 { return (Kernel("map", "slope_square"), (scale, shift, 0)) }
    return (Kernel("map", "slope_power"), (scale, shift, power))
  }
}
