/// Normalisation by neighbours.
public protocol NormalizationOps {
  /// Prepares local response normalisation.
  func planLRN(_ spec: LRNSpec) throws -> any LRNPlan
}

/// Local response normalisation: `y = x · (k + alpha / n · Σ x²)^−beta` over the neighbourhood of x.
///
/// Source: Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012, section 3.3.
public struct LRNSpec: Hashable, Sendable {
  /// Which neighbours.
  public enum Region: Hashable, Sendable {
    /// `size` channels around, at the same place; n = size.
    case acrossChannels
    /// `size × size` places around in the same channel: an average pool of the squares, with k = 1 and n = size², where
    /// windows at the border are divided by what they hold with padding, as Caffe's pooling does.
    case withinChannel
  }

  /// Which neighbours.
  public var region: Region
  /// The neighbourhood's size, odd.
  public var size: Int
  /// The factor of the sum of squares.
  public var alpha: Float
  /// The exponent.
  public var beta: Float
  /// The constant added; 1 within a channel.
  public var k: Float
  /// Images in the batch.
  public var images: Int
  /// Channels of an image.
  public var channels: Int
  /// Height of an image.
  public var height: Int
  /// Width of an image.
  public var width: Int

  /// Makes a spec from values that are known to fit.
  public init(
    region: Region, size: Int, alpha: Float, beta: Float, k: Float, images: Int, channels: Int, height: Int, width: Int
  ) {
    self.region = region
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
    self.images = images
    self.channels = channels
    self.height = height
    self.width = width
  }
}

/// Prepared local response normalisation.
public protocol LRNPlan: AnyObject {
  /// Computes the outputs.
  func forward(input: Buffer, output: Buffer)
  /// Computes the gradient of the inputs, overwriting it; `input` and `output` are those of the last forward.
  func backward(input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer)
}
