/// Solver updates, each one fused pass over a parameter.
public protocol UpdateOps {
  /// Makes one step over the first `count` values of a parameter, value by value.
  ///
  /// With `g = gradientScale · gradient + weightDecay · (weight, or its sign for L1)`, the formula gives what the histories become and
  /// by what the weight is lowered; the latter is left in `gradient`.
  ///
  /// - Parameter histories: `formula.historyCount` buffers.
  func update(
    _ formula: UpdateFormula, _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int)
}

/// The numbers of one update of one parameter, the same for all formulas.
public struct UpdateStep: Hashable, Sendable {
  /// How weights are held small.
  public enum Regularization: Hashable, Sendable {
    /// By their sign.
    case l1
    /// By their value.
    case l2
  }

  /// The learning rate, the parameter's multiplier applied.
  public var rate: Float
  /// The weight decay, the parameter's multiplier applied.
  public var weightDecay: Float
  /// How weights are held small.
  public var regularization: Regularization
  /// What the gradient is multiplied with first: 1 / iter_size, and what clipping says.
  public var gradientScale: Float

  /// Makes a step.
  public init(
    rate: Float, weightDecay: Float = 0, regularization: Regularization = .l2, gradientScale: Float = 1
  ) {
    self.rate = rate
    self.weightDecay = weightDecay
    self.regularization = regularization
    self.gradientScale = gradientScale
  }
}

/// How a weight follows from its gradient `g` and what is remembered of earlier ones: `h`, and `k` where there are two.
public enum UpdateFormula: Hashable, Sendable {
  /// `h ← momentum · h + rate · g`; the weight falls by `h`.
  case sgd(momentum: Float)
  /// `h` as in `sgd`; the weight falls by `(1 + momentum) · new h − momentum · old h`.
  case nesterov(momentum: Float)
  /// `h ← h + g²`; the weight falls by `rate · g / (√h + delta)`.
  case adaGrad(delta: Float)
  /// `h ← decay · h + (1 − decay) · g²`; the weight falls by `rate · g / (√h + delta)`.
  case rmsProp(decay: Float, delta: Float)
  /// `h ← momentum · h + (1 − momentum) · g²`; `u = g · √((k + delta) / (h + delta))`;
  /// `k ← momentum · k + (1 − momentum) · u²`; the weight falls by `rate · u`.
  case adaDelta(momentum: Float, delta: Float)
  /// `h ← momentum · h + (1 − momentum) · g`; `k ← momentum2 · k + (1 − momentum2) · g²`; the weight falls by
  /// `rate · correction · h / (√k + delta)`.
  case adam(AdamNumbers)

  /// How many arrays of the parameter's size it remembers.
  public var historyCount: Int {
    switch self {
    case .sgd, .nesterov, .adaGrad, .rmsProp: 1
    case .adaDelta, .adam: 2
    }
  }
}

/// What Adam's formula needs.
public struct AdamNumbers: Hashable, Sendable {
  /// The share of the mean gradient that is kept.
  public var momentum: Float
  /// The share of the mean square that is kept.
  public var momentum2: Float
  /// Added to the root, so that nothing is divided by zero.
  public var delta: Float
  /// What makes up for both means having begun at zero.
  public var correction: Float
  /// Whether the weight decay stays out of `g`, and the weight falls by `rate · weightDecay · (weight, or its sign)` besides.
  public var isDecayDecoupled: Bool

  /// Makes the numbers.
  public init(
    momentum: Float, momentum2: Float, delta: Float, correction: Float = 1, isDecayDecoupled: Bool = false
  ) {
    self.momentum = momentum
    self.momentum2 = momentum2
    self.delta = delta
    self.correction = correction
    self.isDecayDecoupled = isDecayDecoupled
  }
}
