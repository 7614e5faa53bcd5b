/// Pooling over height and width.
public protocol PoolingOps {
  /// Prepares pooling of this geometry.
  func planPooling(_ spec: PoolingSpec) throws -> any PoolingPlan
}

/// The geometry of pooling: inputs `planes × height × width`, where a plane is one channel of one image.
public struct PoolingSpec: Hashable, Sendable {
  /// What becomes of a window.
  public enum Method: Hashable, Sendable {
    /// Its largest value; of equals the first.
    case max
    /// Its mean. The divisor counts padding, but nothing beyond `input + padding`, as in Caffe.
    case average
    /// Σ x² / Σ x, 0 where Σ x isn't above 0: the value expected where one is drawn with a probability proportional to x. To
    /// draw one, for training, there is `forwardSampling`. Without padding. Inputs should be 0 or more.
    ///
    /// Source: Zeiler and Fergus, "Stochastic pooling for regularization of deep convolutional neural networks", 2013.
    case stochastic
  }

  /// What becomes of a window.
  public var method: Method
  /// Images in the batch.
  public var images: Int
  /// Channels of an image.
  public var channels: Int
  /// Height and width of the input.
  public var input: [Int]
  /// Height and width of a window.
  public var kernel: [Int]
  /// Steps of the window.
  public var stride: [Int]
  /// Padding on both sides, less than the kernel; it never wins a maximum.
  public var padding: [Int]
  /// Height and width of the output, as the layer rounds them.
  public var output: [Int]

  /// Makes a geometry from values that are known to fit.
  public init(
    method: Method, images: Int, channels: Int, input: [Int], kernel: [Int], stride: [Int], padding: [Int],
    output: [Int]
  ) {
    self.method = method
    self.images = images
    self.channels = channels
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.output = output
  }

  /// Values of the input.
  public var inputCount: Int { images * channels * input.reduce(1, *) }
  /// Values of the output.
  public var outputCount: Int { images * channels * output.reduce(1, *) }
}

/// Prepared pooling.
public protocol PoolingPlan: AnyObject {
  /// Computes the outputs and, where `mask` is given (max only), the index `y · width + x` of each winner in its plane.
  func forward(input: Buffer, output: Buffer, mask: Buffer?)

  /// Draws one value of each window, stochastic only, and gives its index `y · width + x` where `mask` is given.
  ///
  /// Window i, of all outputs, takes u = ((w >> 8) + 1) · 2⁻²⁴ from the stream's word w at `position + i`, and the first value at
  /// which the running sum over the window, row by row in single precision, is at least u times the whole sum; where there is none,
  /// as negative values may bring about, the last. The stream moves on by the number of outputs, rounded up to a multiple of four. So
  /// every engine draws the same.
  func forwardSampling(input: Buffer, output: Buffer, mask: Buffer?, stream: inout RandomStream)

  /// Computes the gradient of the inputs, overwriting it, from the windows' winners of the last forward.
  ///
  /// After a stochastic forward that didn't draw it is `outputGradient · (2x − y) / Σ x` for each x of a window; the input and the
  /// output must then still hold what they held.
  func backward(outputGradient: Buffer, inputGradient: Buffer)
}
