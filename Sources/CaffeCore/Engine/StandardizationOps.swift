/// Channels brought to mean 0 and, where wanted, variance 1.
public protocol StandardizationOps {
  /// Prepares standardisation of this shape.
  func planStandardization(_ spec: StandardizationSpec) throws -> any StandardizationPlan
}

/// How channels are standardised: `y[o, c, i] = (x[o, c, i] − mean[c]) / deviation[c]`.
///
/// BatchNorm takes a channel over all images and places. MVN takes the places of one image, so its shape is
/// 1 × (images · channels) × places, or 1 × images × (channels · places) across channels.
///
/// Source: Ioffe and Szegedy, "Batch normalization", 2015; Caffe's MVN.
public struct StandardizationSpec: Hashable, Sendable {
  /// What differences from the mean are divided by.
  public enum Deviation: Hashable, Sendable {
    /// √(variance + epsilon), as BatchNorm does.
    case epsilonInside(Float)
    /// √variance + epsilon, as MVN does. Its gradient takes y for standardised, as Caffe does: right where epsilon is small
    /// beside the deviation.
    case epsilonOutside(Float)
    /// Nothing: the mean is taken away, no more. Variances are neither computed nor read.
    case none
  }

  /// The shape of inputs and outputs.
  public var shape: ChannelSpec
  /// What differences from the mean are divided by.
  public var deviation: Deviation

  /// Makes a spec.
  public init(shape: ChannelSpec, deviation: Deviation) {
    self.shape = shape
    self.deviation = deviation
  }

  /// How many values each channel has.
  public var valuesPerChannel: Int { shape.outer * shape.inner }
}

/// What becomes of standardised values: `r(scale[c] · u + shift[c])`.
public struct StandardizationFinish {
  /// The factor of each channel.
  public var scale: Buffer
  /// What is added to each channel; 0 without.
  public var shift: Buffer?
  /// The slope below 0, at least 0, of the rectifier r; without it r leaves values as they are.
  public var negativeSlope: Float?

  /// Makes a finish.
  public init(scale: Buffer, shift: Buffer?, negativeSlope: Float?) {
    self.scale = scale
    self.shift = shift
    self.negativeSlope = negativeSlope
  }
}

/// Prepared standardisation. Means and variances have one value for each channel.
public protocol StandardizationPlan: AnyObject {
  /// Computes mean and variance (Σ (x − mean)² / n) of each channel, then the outputs from them.
  ///
  /// `copy` gets the outputs too: `backward` needs them, and what follows in-place changes `output`. Channels without values
  /// have mean and variance 0.
  func forward(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer, copy: Buffer?)

  /// Computes the outputs from given means and variances.
  func forwardGiven(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer)

  /// Computes the gradient of the inputs through the outputs and the statistics:
  /// `(dy − mean dy − y · mean (dy · y)) / deviation`, without a deviation `dy − mean dy`, overwriting it.
  ///
  /// `output` and `variance` are those of the forward.
  func backward(output: Buffer, variance: Buffer, outputGradient: Buffer, inputGradient: Buffer)

  /// Computes mean and variance of each channel, then the outputs, scaled, shifted and rectified: with the standardised value u,
  /// `r(scale[c] · u + shift[c])`. The output is another buffer than the input, which `backward` needs.
  func forward(input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer)

  /// Computes the gradient of the inputs through all of that, overwriting it, and adds to those of scale and shift, unless they are
  /// `nil`. All else is as the forward had and left it. `inputGradient` may be `outputGradient`.
  func backward(
    input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer,
    outputGradient: Buffer, scaleGradient: Buffer?, shiftGradient: Buffer?, inputGradient: Buffer)

  /// Computes the gradient of the inputs where statistics were given: `dy / deviation`, overwriting it.
  func backwardGiven(variance: Buffer, outputGradient: Buffer, inputGradient: Buffer)
}
