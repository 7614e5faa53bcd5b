import CaffeCore
import CaffeNet
import CaffeProto

/// A convolution, or rather correlation, with learned kernels over any number of spatial axes.
///
/// y[n, o, p] = b[o] + Σ_{c, q} W[o, c, q] · x[n, c, p · stride − pad + q · dilation], with 0 outside the input.
///
/// Bottoms: `n… × channels × spatial…`, all of one shape, each with a top of its own. Tops: `n… × num_output × spatial…`,
/// where an extent is ⌊(input + 2 pad − (dilation (kernel − 1) + 1)) / stride⌋ + 1.
///
/// `convolution_param`:
/// - `num_output` (required): output channels.
/// - `kernel_size` (required; once for all axes or once for each), or `kernel_h` and `kernel_w`.
/// - `stride` (1), or `stride_h` and `stride_w`. `pad` (0), or `pad_h` and `pad_w`. `dilation` (1).
/// - `group` (1): output channels of one group see the input channels of the same one only.
/// - `bias_term` (true): whether b is added.
/// - `axis` (1): the channel axis; negative ones count from the end.
/// - `weight_filler`, `bias_filler` (constant 0): the first values.
/// - `engine`, `force_nd_im2col`: accepted, mean nothing.
///
/// Parameters: W of `num_output × channels/group × kernel…`, b of `num_output`.
///
/// Gradient: that of the formula, with respect to x, W and b; the last two are added up over bottoms and images.
///
/// Errors: `num_output` 0; a kernel that is missing, given twice, or larger than the padded input; channels that `group` doesn't
/// divide; bottoms whose shapes differ; another number of channels than before.
///
/// Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998; Caffe's Convolution.
///
/// ```
/// layer {
///   name: "conv1"
///   type: "Convolution"
///   bottom: "x"
///   top: "y"
///   convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: "xavier" } }
/// }
/// ```
package final class ConvolutionLayer: Layer {
  package override class var typeName: String { "Convolution" }
  package override class var ports: Ports { Ports(bottoms: 1...Int.max, tops: 1...Int.max, tied: true) }
  package override class var reshapesByShapesAlone: Bool { true }

  let spec: KernelSettings
  /// The geometry with the extents of the last shapes; its kernel is fixed by `setUp`.
  private(set) var geometry = ConvolutionSpec.empty
  private(set) var cache = PlanCache<ConvolutionSpec, any ConvolutionPlan>()
  /// Weights and bias with the normalization and the scale that follow in them, where these are fused.
  let folded = FoldedWeights()

  /// Checks `convolution_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    spec = try KernelSettings(parameter)
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    let kernel = try spec.kernel(over: bottom[0].shape)
    geometry = kernel.geometry
    geometry.inputChannels = kernel.channels
    geometry.outputChannels = spec.outputs
    noteStride(of: geometry)
    let weights = try Shape(validating: [spec.outputs, kernel.channels / spec.groups] + geometry.kernel)
    blobs = [try makeParameter(weights, spec.weightFiller, purpose: "weights")]
    if spec.hasBias { blobs.append(try makeParameter([spec.outputs], spec.biasFiller, purpose: "bias")) }
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    try checkSameShapes(bottom)
    let axis = try spec.checkedAxis(
      of: shape, channels: geometry.inputChannels, spatialAxes: geometry.kernel.count, weights: blobs[0].shape)
    geometry.images = shape.count(from: 0, to: axis)
    geometry.input = Array(shape.extents[(axis + 1)...])
    try geometry.checkFits(shape)
    let output = try Shape(validating: Array(shape.extents[..<axis]) + [spec.outputs] + geometry.output)
    for blob in top { blob.reshape(to: output) }
    try cache.prepare(geometry.withSpatialAxis) { try engine.planConvolution($0) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    let bias = spec.hasBias ? blobs[1].data : nil
    for (input, output) in zip(bottom, top) {
      cache.plan?.forward(input: input.data, weights: blobs[0].data, bias: bias, output: output.data)
    }
  }

  package override func operations(bottom: [Blob], top: [Blob]) -> Int { geometry.operations * bottom.count }

  package override var computedBy: String? { cache.plan?.method }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    let weightGradient = wantsGradient(ofParameter: 0) ? blobs[0].diff : nil
    let biasGradient = spec.hasBias && wantsGradient(ofParameter: 1) ? blobs[1].diff : nil
    for (index, (input, output)) in zip(bottom, top).enumerated() {
      if weightGradient != nil || biasGradient != nil {
        cache.plan?.backwardParameters(
          input: input.data, outputGradient: output.diff, weightGradient: weightGradient, biasGradient: biasGradient)
      }
      if propagateDown[index] {
        cache.plan?.backwardData(outputGradient: output.diff, weights: blobs[0].data, inputGradient: input.diff)
      }
    }
  }
}
