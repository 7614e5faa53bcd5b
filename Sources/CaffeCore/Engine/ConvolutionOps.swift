/// Convolutions over any number of spatial axes.
public protocol ConvolutionOps {
  /// Prepares a convolution of this geometry.
  func planConvolution(_ spec: ConvolutionSpec) throws -> any ConvolutionPlan
}

/// The geometry of a convolution: inputs `images × inputChannels × input…`, outputs `images × outputChannels × output…`, weights
/// `outputChannels × inputChannels/groups × kernel…`, bias `outputChannels`.
public struct ConvolutionSpec: Hashable, Sendable {
  /// Images in the batch.
  public var images: Int
  /// Channels of an input image.
  public var inputChannels: Int
  /// Channels of an output image.
  public var outputChannels: Int
  /// Groups: output channels of one see the input channels of the same one only.
  public var groups: Int
  /// Spatial extents of the input.
  public var input: [Int]
  /// Extents of the kernel; all of these have as many entries as `input`.
  public var kernel: [Int]
  /// Steps of the kernel.
  public var stride: [Int]
  /// Zeros assumed on both sides of the input.
  public var padding: [Int]
  /// Distances between the input values that neighbouring kernel values meet.
  public var dilation: [Int]

  /// Makes a geometry from values that are known to fit.
  public init(
    images: Int, inputChannels: Int, outputChannels: Int, groups: Int = 1, input: [Int], kernel: [Int], stride: [Int],
    padding: [Int], dilation: [Int]
  ) {
    self.images = images
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// Spatial extents of the output: `(input + 2·padding − (dilation·(kernel − 1) + 1)) / stride + 1`, rounded down.
  public var output: [Int] {
    input.indices.map { axis in
      let reach = dilation[axis] * (kernel[axis] - 1) + 1
      return (input[axis] + 2 * padding[axis] - reach) / stride[axis] + 1
    }
  }

  /// Values in an input image.
  public var inputCount: Int { inputChannels * input.reduce(1, *) }
  /// Values in an output image.
  public var outputCount: Int { outputChannels * output.reduce(1, *) }
  /// Values of the kernels.
  public var weightCount: Int { outputChannels * (inputChannels / groups) * kernel.reduce(1, *) }
  /// Multiplications and additions of one pass, each counted; at most `Int.max`.
  public var operations: Int {
    let (product, overflow) = (2 * images * output.reduce(1, *)).multipliedReportingOverflow(by: weightCount)
    return overflow ? Int.max : product
  }
}

/// What becomes of a convolution's sums before they are written: `y = r(sum + addend)`.
public struct ConvolutionFinish {
  /// Values of the output's count, added to the sums.
  public var addend: Buffer?
  /// The slope below 0 of the rectifier r; without it r leaves values as they are.
  public var negativeSlope: Float?

  /// Makes a finish.
  public init(addend: Buffer? = nil, negativeSlope: Float? = nil) {
    self.addend = addend
    self.negativeSlope = negativeSlope
  }
}

/// A prepared convolution.
public protocol ConvolutionPlan: AnyObject {
  /// How it is computed, in a few words for people.
  var method: String { get }
  /// Computes the outputs.
  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer)
  /// Computes the outputs and finishes them on the way; the addend is another buffer than the output.
  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish)
  /// Computes the gradient of the inputs, overwriting it.
  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer)
  /// Adds the gradients of weights and bias to what the buffers hold; a `nil` one isn't wanted.
  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?)
}
