import CCUDA
import CaffeCore

/// cuDNN's descriptions of a convolution's arrays, and of what it does with them.
final class CuDNNForms {
  let input: caffe_cudnn_tensor
  let output: caffe_cudnn_tensor
  let weights: caffe_cudnn_filter
  let convolution: caffe_cudnn_convolution
  /// What algorithms may do to the factors of products.
  let math: Int32
  /// The orders of the arrays.
  let inputOrder: ValueOrder
  let outputOrder: ValueOrder
  let weightOrder: ValueOrder

  private let cudnn: caffe_cudnn_table

  /// Describes a convolution over one to three axes; over two, channels can be last.
  ///
  /// - Returns: Nothing where cuDNN can't make such descriptions.
  init?(_ spec: ConvolutionSpec, _ cudnn: caffe_cudnn_table, usesTF32: Bool, channelsLast: Bool = false) {
    var input: caffe_cudnn_tensor?
    var output: caffe_cudnn_tensor?
    var weights: caffe_cudnn_filter?
    var convolution: caffe_cudnn_convolution?
    let areMade =
      cudnn.createTensor(&input) == 0 && cudnn.createTensor(&output) == 0 && cudnn.createFilter(&weights) == 0
      && cudnn.createConvolution(&convolution) == 0
    guard areMade, let input, let output, let weights, let convolution else {
      if let input { _ = cudnn.destroyTensor(input) }
      if let output { _ = cudnn.destroyTensor(output) }
      if let weights { _ = cudnn.destroyFilter(weights) }
      if let convolution { _ = cudnn.destroyConvolution(convolution) }
      return nil
    }
    (self.input, self.output, self.weights, self.convolution) = (input, output, weights, convolution)
    self.cudnn = cudnn
    math = (usesTF32 ? CAFFE_CUDNN_DEFAULT_MATH : CAFFE_CUDNN_FMA_MATH).status
    inputOrder = channelsLast ? .last(spec.inputShape) : .plain
    outputOrder = channelsLast ? .last(spec.outputShape) : .plain
    weightOrder = channelsLast ? .last(spec.weightShape) : .plain
    guard describe(spec, channelsLast) else { return nil }
  }

  deinit {
    _ = cudnn.destroyTensor(input)
    _ = cudnn.destroyTensor(output)
    _ = cudnn.destroyFilter(weights)
    _ = cudnn.destroyConvolution(convolution)
  }

  /// There are two axes at least; a second one is made up.
  private func describe(_ spec: ConvolutionSpec, _ channelsLast: Bool) -> Bool {
    let isLine = spec.input.count == 1
    func filled(_ values: [Int], _ value: Int) -> [Int32] { (values + (isLine ? [value] : [])).map { Int32($0) } }
    let kernel =
      [Int32(spec.outputChannels), Int32(spec.inputChannels / spec.groups)] + filled(spec.kernel, 1)
    let (padding, stride, dilation) = (
      filled(spec.padding, 0), filled(spec.stride, 1), filled(spec.dilation, 1)
    )
    let format = channelsLast ? CAFFE_CUDNN_CHANNELS_LAST : CAFFE_CUDNN_ROW_MAJOR
    return set(input, [Int32(spec.images), Int32(spec.inputChannels)] + filled(spec.input, 1), channelsLast)
      && set(output, [Int32(spec.images), Int32(spec.outputChannels)] + filled(spec.output, 1), channelsLast)
      && cudnn.setFilter(weights, CAFFE_CUDNN_FLOAT.status, format.status, Int32(kernel.count), kernel) == 0
      && cudnn.setConvolution(
        convolution, Int32(stride.count), padding, stride, dilation, CAFFE_CUDNN_CROSS_CORRELATION.status,
        CAFFE_CUDNN_FLOAT.status) == 0
      && cudnn.setGroups(convolution, Int32(spec.groups)) == 0 && cudnn.setMath(convolution, math) == 0
  }

  private func set(_ tensor: caffe_cudnn_tensor, _ extents: [Int32], _ channelsLast: Bool) -> Bool {
    var strides = extents
    var stride: Int32 = 1
    let axes = Array(extents.indices)
    let inwards = channelsLast ? [0] + axes.dropFirst(2) + [1] : axes
    for axis in inwards.reversed() {
      strides[axis] = stride
      let (next, overflows) = stride.multipliedReportingOverflow(by: extents[axis])
      if overflows { return false }
      stride = next
    }
    return cudnn.setTensor(tensor, CAFFE_CUDNN_FLOAT.status, Int32(extents.count), extents, strides) == 0
  }
}

extension ConvolutionSpec {
  /// The channels of the inputs.
  fileprivate var inputShape: ChannelSpec {
    ChannelSpec(outer: images, channels: inputChannels, inner: input.reduce(1, *))
  }
  /// The channels of the outputs.
  fileprivate var outputShape: ChannelSpec { ChannelSpec(outer: images, channels: outputChannels, inner: places) }
  /// The input channels of the weights.
  fileprivate var weightShape: ChannelSpec {
    ChannelSpec(outer: outputChannels, channels: inputChannels / groups, inner: kernel.reduce(1, *))
  }
}
