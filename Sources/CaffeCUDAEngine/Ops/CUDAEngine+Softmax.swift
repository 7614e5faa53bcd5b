import CCUDA
import CaffeCore

extension CUDAEngine: SoftmaxOps {
  /// Computes `y = eˣ / Σ eˣ` over the channels, the largest x subtracted first.
  public func softmax(_ spec: ChannelSpec, input: Buffer, output: Buffer) {
    guard spec.count > 0 else { return }
    let x = read(input)
    let y = write(output, spec.count)
    let (rows, columns) = (Int32(spec.outer), Int32(spec.channels))
    switch spec.way {
    case .places:
      let places = spec.outer * spec.inner
      device.launch(.softmaxPlaces, .over(places), x, y, places, columns, caffe_gpu_divisor(spec.inner))
    case .warps: device.launch(.softmaxWarps, .warps(spec.outer), x, y, rows, columns)
    case .blocks: device.launch(.softmaxBlocks, .blocks(spec.outer, of: 256), x, y, columns)
    }
  }

  /// Computes `inputGradient = (outputGradient − Σ outputGradient · output) · output` over the channels.
  public func softmaxBackward(_ spec: ChannelSpec, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard spec.count > 0 else { return }
    let (y, dy) = (read(output), read(outputGradient))
    let dx = write(inputGradient, spec.count)
    let (rows, columns) = (Int32(spec.outer), Int32(spec.channels))
    switch spec.way {
    case .places:
      let places = spec.outer * spec.inner
      device.launch(.softmaxBackwardPlaces, .over(places), y, dy, dx, places, columns, caffe_gpu_divisor(spec.inner))
    case .warps: device.launch(.softmaxBackwardWarps, .warps(spec.outer), y, dy, dx, rows, columns)
    case .blocks: device.launch(.softmaxBackwardBlocks, .blocks(spec.outer, of: 256), y, dy, dx, columns)
    }
  }
}

extension ChannelSpec {
  fileprivate enum Way { case places, warps, blocks }

  /// What takes care of the channels of a place: a thread where they lie apart, otherwise a warp, or a block where they are many.
  fileprivate var way: Way { inner > 1 ? .places : channels <= 1024 ? .warps : .blocks }
}

extension LaunchShape {
  /// A warp for each of so many things.
  static func warps(_ count: Int) -> LaunchShape {
    let threads = UInt32.threads(for: count * 32)
    return .blocks((count * 32 + Int(threads) - 1) / Int(threads), of: threads)
  }
}

extension Kernel {
  fileprivate static let softmaxWarps = Kernel("softmax", "softmax_warps")
  fileprivate static let softmaxBlocks = Kernel("softmax", "softmax_blocks")
  fileprivate static let softmaxPlaces = Kernel("softmax", "softmax_places")
  fileprivate static let softmaxBackwardWarps = Kernel("softmax", "softmax_backward_warps")
  fileprivate static let softmaxBackwardBlocks = Kernel("softmax", "softmax_backward_blocks")
  fileprivate static let softmaxBackwardPlaces = Kernel("softmax", "softmax_backward_places")
}
