/// Functions of one value, applied to each.
public protocol MapOps {
  /// Computes `output = f(input)` over `count` values.
  func map(_ function: UnaryFunction, input: Buffer, output: Buffer, count: Int)

  /// Computes `inputGradient = outputGradient · f′` over `count` values.
  ///
  /// `input` and `output` are those of the forward pass. Where the layer ran in-place both are the same buffer and hold the
  /// output; functions that layers may run in-place take their derivative from the output or from either.
  /// `inputGradient` may be `outputGradient`.
  func mapBackward(
    _ function: UnaryFunction, input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer, count: Int)
}

/// The functions of one value that Caffe has layers for.
public enum UnaryFunction: Hashable, Sendable {
  /// max(x, 0) + slope · min(x, 0); the derivative follows the input's sign (in-place: the output's).
  case relu(negativeSlope: Float)
  /// 1 / (1 + e⁻ˣ); derivative y (1 − y).
  case sigmoid
  /// tanh x; derivative 1 − y².
  case tanh
  /// |x|; derivative sign x, 0 at 0.
  case absoluteValue
  /// (shift + scale · x)^power.
  case power(power: Float, scale: Float, shift: Float)
  /// outerScale · e^(innerScale · x).
  case exponential(innerScale: Float, outerScale: Float)
  /// baseScale · ln(inputScale · x + inputShift).
  case logarithm(baseScale: Float, inputScale: Float, inputShift: Float)
  /// x where x > 0, otherwise alpha · (eˣ − 1).
  case elu(alpha: Float)
  /// ln(1 + eˣ), computed as x + ln(1 + e⁻ˣ) where x > 0.
  case bnll
  /// x held between the bounds; derivative 1 inside them, bounds included.
  case clip(minimum: Float, maximum: Float)
  /// x · sigmoid(beta · x).
  case swish(beta: Float)
  /// 1 where x > threshold, otherwise 0; no derivative.
  case threshold(Float)
}
