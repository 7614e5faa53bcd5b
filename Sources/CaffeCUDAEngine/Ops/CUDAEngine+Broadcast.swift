import CCUDA
import CaffeCore

extension CUDAEngine: BroadcastOps {
  /// Computes `output[o, c, i] = scale[c] · input[o, c, i] + shift[c]`.
  public func scaleChannels(_ shape: ChannelSpec, input: Buffer, scale: Buffer?, shift: Buffer?, output: Buffer) {
    guard shape.count > 0 else { return }
    let order = output.count == shape.count ? order(of: [input], shape) : .plain
    let (x, factors, terms) = (read(input, in: order), scale.map { read($0) } ?? 0, shift.map { read($0) } ?? 0)
    device.launch(
      .scaleChannels, .over(shape.count), x, factors, terms, write(output, shape.count, in: order), shape.count,
      caffe_gpu_divisor(order.view(shape).inner), caffe_gpu_divisor(shape.channels))
  }

  /// Computes `result[c] = alpha · Σ a · b + beta · result[c]` over all but the channels.
  public func sumChannels(
    _ shape: ChannelSpec, _ a: Buffer, times b: Buffer?, alpha: Float, beta: Float, into result: Buffer
  ) {
    guard shape.channels > 0 else { return }
    let order = order(of: [a] + (b.map { [$0] } ?? []), shape)
    let x = read(a, in: order)
    let y = b.map { read($0, in: order) } ?? x
    let (target, isZero) =
      beta == 0 ? (write(result, shape.channels), true) : accumulate(result, shape.channels)
    sum(
      b == nil ? CAFFE_SUM_PLAIN : CAFFE_SUM_PRODUCT, order.view(shape), x, y, alpha: alpha,
      beta: isZero ? 0 : beta, into: target)
  }
}

extension CUDAEngine: PReLUOps {
  /// Computes `output = max(x, 0) + slopes[c] · min(x, 0)`.
  public func prelu(_ shape: ChannelSpec, input: Buffer, slopes: Buffer, output: Buffer) {
    guard shape.count > 0 else { return }
    let (x, slope) = (read(input), read(slopes))
    device.launch(
      .prelu, .over(shape.count), x, slope, write(output, shape.count), shape.count, caffe_gpu_divisor(shape.inner),
      caffe_gpu_divisor(shape.channels))
  }

  /// Computes `inputGradient = outputGradient` where x > 0, otherwise `slopes[c] · outputGradient`.
  public func preluBackward(
    _ shape: ChannelSpec, input: Buffer, slopes: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    guard shape.count > 0 else { return }
    let (x, slope, dy) = (read(input), read(slopes), read(outputGradient))
    device.launch(
      .preluBackward, .over(shape.count), x, slope, dy, write(inputGradient, shape.count), shape.count,
      caffe_gpu_divisor(shape.inner), caffe_gpu_divisor(shape.channels))
  }

  /// Adds `Σ outputGradient · min(x, 0)` of each channel to what `slopeGradient` holds.
  public func preluSlopeBackward(_ shape: ChannelSpec, input: Buffer, outputGradient: Buffer, slopeGradient: Buffer) {
    guard shape.channels > 0 else { return }
    let (x, dy) = (read(input), read(outputGradient))
    let (target, isZero) = accumulate(slopeGradient, shape.channels)
    sum(CAFFE_SUM_BELOW_ZERO, shape, dy, x, alpha: 1, beta: isZero ? 0 : 1, into: target)
  }
}

extension Kernel {
  fileprivate static let scaleChannels = Kernel("channels", "scale_channels")
  fileprivate static let prelu = Kernel("channels", "prelu")
  fileprivate static let preluBackward = Kernel("channels", "prelu_backward")
}
