/// Solver updates, each one fused pass over a parameter.
public protocol UpdateOps {
  /// Computes, value by value, with `g = gradientScale · gradient + weightDecay · (weight, or its sign for L1)`:
  /// `history = momentum · history + rate · g`, `gradient = history`, `weight = weight − history`.
  func sgdUpdate(_ step: SGDStep, weights: Buffer, gradient: Buffer, history: Buffer, count: Int)
}

/// The numbers of one SGD step for one parameter.
public struct SGDStep: Hashable, Sendable {
  /// How weights are held small.
  public enum Regularization: Hashable, Sendable {
    /// By their sign.
    case l1
    /// By their value.
    case l2
  }

  /// The learning rate, the parameter's multiplier applied.
  public var rate: Float
  /// The share of the last step that is kept.
  public var momentum: Float
  /// The weight decay, the parameter's multiplier applied.
  public var weightDecay: Float
  /// How weights are held small.
  public var regularization: Regularization
  /// What the gradient is multiplied with first: 1 / iter_size, and what clipping says.
  public var gradientScale: Float

  /// Makes a step.
  public init(
    rate: Float, momentum: Float, weightDecay: Float, regularization: Regularization = .l2, gradientScale: Float = 1
  ) {
    self.rate = rate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.regularization = regularization
    self.gradientScale = gradientScale
  }
}
