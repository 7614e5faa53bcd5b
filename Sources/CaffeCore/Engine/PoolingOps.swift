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
  /// Computes the gradient of the inputs, overwriting it, from the windows' winners of the last forward.
  func backward(outputGradient: Buffer, inputGradient: Buffer)
}
