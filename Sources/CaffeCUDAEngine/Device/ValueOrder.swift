import CCUDA
import CaffeCore

/// The order of a tensor's values in a device's memory.
enum ValueOrder: Hashable {
  /// Row-major.
  case plain
  /// Row-major with the channel axis last: `outer × inner × channels`.
  case channelsLast(ChannelSpec)

  /// The order with channels last; plain where it is the same.
  static func last(_ shape: ChannelSpec) -> ValueOrder {
    shape.channels > 1 && shape.inner > 1 ? .channelsLast(shape) : .plain
  }

  /// How a kernel that goes over channels sees values of `shape` in this order.
  func view(_ shape: ChannelSpec) -> ChannelSpec {
    guard self == .channelsLast(shape) else { return shape }
    return ChannelSpec(outer: shape.outer * shape.inner, channels: shape.channels, inner: 1)
  }
}

extension CUDADevice {
  /// Asks for values to be copied from one order to another, of which one is plain, as part of what is asked for next.
  func prepareReorder(_ source: UInt64, from: ValueOrder, _ target: UInt64, to: ValueOrder) {
    reorders += 1
    switch (from, to) {
    case (.plain, .channelsLast(let shape)):
      prepareTranspose(source, target, matrices: shape.outer, rows: shape.channels, columns: shape.inner)
    case (.channelsLast(let shape), .plain):
      prepareTranspose(source, target, matrices: shape.outer, rows: shape.inner, columns: shape.channels)
    default: break
    }
  }

  private func prepareTranspose(_ source: UInt64, _ target: UInt64, matrices: Int, rows: Int, columns: Int) {
    let side = 32
    let tiles = ((rows + side - 1) / side, (columns + side - 1) / side)
    prepare(
      .transpose, .blocks(matrices * tiles.0 * tiles.1, of: 256), source, target, Int32(rows), Int32(columns),
      caffe_gpu_divisor(tiles.0), caffe_gpu_divisor(tiles.1))
  }
}

extension Kernel {
  fileprivate static let transpose = Kernel("memory", "transpose")
}
