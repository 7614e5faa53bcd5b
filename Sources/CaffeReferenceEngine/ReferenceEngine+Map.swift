import CaffeCore
import Foundation

extension ReferenceEngine: MapOps {
  /// Computes `output = f(input)` over `count` values.
  public func map(_ function: UnaryFunction, input: Buffer, output: Buffer, count: Int) {
    let x = input.hostForReading()
    let y = output.hostForWriting(count)
    for i in 0..<count { y[i] = Float(function.value(at: Double(x[i]))) }
  }

  /// Computes `inputGradient = outputGradient · f′` over `count` values.
  public func mapBackward(
    _ function: UnaryFunction, input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    let x = input.hostForReading()
    let y = output.hostForReading()
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(count)
    for i in 0..<count {
      dx[i] = Float(Double(dy[i]) * function.derivative(input: Double(x[i]), output: Double(y[i])))
    }
  }
}

extension UnaryFunction {
  /// f(x).
  fileprivate func value(at x: Double) -> Double {
    switch self {
    case .relu(let slope): x > 0 ? x : x * Double(slope)
    case .sigmoid: logistic(x)
    case .tanh: Foundation.tanh(x)
    case .absoluteValue: abs(x)
    case .power(let power, let scale, let shift): pow(Double(shift) + Double(scale) * x, Double(power))
    case .exponential(let innerScale, let outerScale): Double(outerScale) * exp(Double(innerScale) * x)
    case .logarithm(let baseScale, let inputScale, let inputShift):
      Double(baseScale) * log(Double(inputScale) * x + Double(inputShift))
    case .elu(let alpha): x > 0 ? x : Double(alpha) * expm1(x)
    case .bnll: x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
    case .clip(let minimum, let maximum):
      x < Double(minimum) ? Double(minimum) : x > Double(maximum) ? Double(maximum) : x
    case .swish(let beta): x * logistic(Double(beta) * x)
    case .threshold(let threshold): x > Double(threshold) ? 1 : 0
    }
  }

  /// f′, from the output where the layer may run in-place, since `input` then holds the output too.
  fileprivate func derivative(input x: Double, output y: Double) -> Double {
    switch self {
    case .relu(let slope): return x > 0 ? 1 : Double(slope)
    case .sigmoid: return y * (1 - y)
    case .tanh: return 1 - y * y
    case .absoluteValue: return x > 0 ? 1 : x < 0 ? -1 : 0
    case .power(let power, let scale, let shift):
      let factor = Double(power) * Double(scale)
      // A constant function has derivative 0, even where the formula gives 0 · ∞.
      return factor == 0 ? 0 : factor * pow(Double(shift) + Double(scale) * x, Double(power) - 1)
    case .exponential(let innerScale, _): return Double(innerScale) * y
    case .logarithm(let baseScale, let inputScale, let inputShift):
      return Double(baseScale) * Double(inputScale) / (Double(inputScale) * x + Double(inputShift))
    case .elu(let alpha): return x > 0 ? 1 : y + Double(alpha)
    case .bnll: return logistic(x)
    case .clip(let minimum, let maximum): return x >= Double(minimum) && x <= Double(maximum) ? 1 : 0
    case .swish(let beta):
      let gate = logistic(Double(beta) * x)
      return gate + Double(beta) * x * gate * (1 - gate)
    case .threshold: return 0
    }
  }
}

/// 1 / (1 + e⁻ˣ).
private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
