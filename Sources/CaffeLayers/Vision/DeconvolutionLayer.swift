import CaffeCore
import CaffeNet
import CaffeProto

/// A transposed convolution: what a Convolution computes for its gradient, with learned kernels; it enlarges.
///
/// y[n, o, p · stride − pad + q · dilation] = b[o] + Σ_{c, p, q} W[c, o, q] · x[n, c, p].
///
/// Bottoms: `n… × channels × spatial…`, all of one shape, each with a top of its own. Tops: `n… × num_output × spatial…`, where
/// an extent is stride (input − 1) + dilation (kernel − 1) + 1 − 2 pad.
///
/// `convolution_param`: as for a Convolution. `group` (1): output channels of one group see the input channels of the same
/// one only. A `weight_filler` of type bilinear, with as many groups as channels, makes it an interpolation.
///
/// Parameters: W of `channels × num_output/group × kernel…`, b of `num_output`.
///
/// Gradient: that of the formula, with respect to x, W and b; the last two are added up over bottoms and images.
///
/// Errors: those of a Convolution; padding that leaves no output.
///
/// Source: Long, Shelhamer and Darrell, "Fully convolutional networks for semantic segmentation", 2015; Caffe's Deconvolution.
///
/// ```
/// layer {
///   name: "up"
///   type: "Deconvolution"
///   bottom: "x"
///   top: "y"
///   convolution_param { num_output: 21 kernel_size: 4 stride: 2 pad: 1 bias_term: false }
/// }
/// ```
package final class DeconvolutionLayer: Layer {
  package override class var typeName: String { "Deconvolution" }
  package override class var ports: Ports { Ports(bottoms: 1...Int.max, tops: 1...Int.max, tied: true) }

  private let spec: KernelSettings
  /// The convolution whose gradient this is: from the tops to the bottoms.
  private var geometry = ConvolutionSpec.empty
  private var outputs = ChannelSpec(outer: 0, channels: 0, inner: 0)
  private var cache = PlanCache<ConvolutionSpec, any ConvolutionPlan>()

  /// Checks `convolution_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    spec = try KernelSettings(parameter)
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    let kernel = try spec.kernel(over: bottom[0].shape)
    geometry = kernel.geometry
    geometry.inputChannels = spec.outputs
    geometry.outputChannels = kernel.channels
    noteStride(of: geometry, "so some values of the top are the bias alone")
    let weights = try Shape(validating: [kernel.channels, spec.outputs / spec.groups] + geometry.kernel)
    blobs = [try makeParameter(weights, spec.weightFiller, purpose: "weights")]
    if spec.hasBias { blobs.append(try makeParameter([spec.outputs], spec.biasFiller, purpose: "bias")) }
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    try checkSameShapes(bottom)
    let axis = try spec.checkedAxis(
      of: shape, channels: geometry.outputChannels, spatialAxes: geometry.kernel.count, weights: blobs[0].shape)
    geometry.images = shape.count(from: 0, to: axis)
    geometry.input = try geometry.kernel.indices.map { try extent($0, of: shape, shape[axis + 1 + $0]) }
    try geometry.checkExtents(shape)
    let output = try Shape(validating: Array(shape.extents[..<axis]) + [spec.outputs] + geometry.input)
    for blob in top { blob.reshape(to: output) }
    outputs = try ChannelSpec(output, axis: axis)
    try cache.prepare(geometry.withSpatialAxis) { try engine.planConvolution($0) }
  }

  /// The extent of the tops along a spatial axis.
  private func extent(_ index: Int, of shape: Shape, _ input: Int) throws -> Int {
    let (steps, overflow) = geometry.stride[index].multipliedReportingOverflow(by: input - 1)
    guard input > 0, !overflow, steps < Int.max / 16 else {
      throw error(
        .shape,
        "bottom 0 has the shape \(shape), whose spatial axis \(index) can't be enlarged by a stride of \(geometry.stride[index]): "
          + "it must hold 1 value or more, and the output must fit in memory")
    }
    let result = steps + geometry.reach[index] - 2 * geometry.padding[index]
    guard result > 0 else {
      throw error(
        .shape,
        "bottom 0 has the shape \(shape): along spatial axis \(index) the pad \(geometry.padding) leaves \(result) values of the "
          + "output; use less pad, a larger kernel or a larger input")
    }
    return result
  }

  package override func operations(bottom: [Blob], top: [Blob]) -> Int { geometry.operations * bottom.count }

  package override var computedBy: String? { cache.plan?.method }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    for (input, output) in zip(bottom, top) {
      cache.plan?.backwardData(outputGradient: input.data, weights: blobs[0].data, inputGradient: output.data)
      guard spec.hasBias else { continue }
      engine.scaleChannels(outputs, input: output.data, scale: nil, shift: blobs[1].data, output: output.data)
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    for (index, (input, output)) in zip(bottom, top).enumerated() {
      if wantsGradient(ofParameter: 0) {
        cache.plan?.backwardParameters(
          input: output.diff, outputGradient: input.data, weightGradient: blobs[0].diff, biasGradient: nil)
      }
      if wantsGradient(ofParameter: 1) {
        engine.sumChannels(outputs, output.diff, times: nil, alpha: 1, beta: 1, into: blobs[1].diff)
      }
      if propagateDown[index] {
        cache.plan?.forward(input: output.diff, weights: blobs[0].data, bias: nil, output: input.diff)
      }
    }
  }
}
