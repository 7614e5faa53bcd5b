import CCUDA
import CaffeCore

extension CUDAEngine: RegionOps {
  /// Copies a box of values from one tensor to another; the rest of `target` stays.
  public func copyRegion(_ spec: RegionSpec, from source: Buffer, to target: Buffer) {
    guard !spec.extents.contains(0) else { return }
    let box = RegionBox(spec)
    let from = read(Operand(source, offset: box.sourceStart))
    let to = update(Operand(target, offset: box.targetStart))
    box.forEachPart { part, count, sourceOffset, targetOffset in
      device.launch(
        .copyRegion, .over(count), from + UInt64(sourceOffset * 4), to + UInt64(targetOffset * 4), count, part)
    }
  }

  /// Repeats each of the inputs' `outer` blocks of `inner` values `tiles` times.
  public func tile(_ spec: TileSpec, input: Buffer, output: Buffer) {
    let count = spec.outer * spec.tiles * spec.inner
    guard count > 0 else { return }
    let x = read(input)
    device.launch(
      .tile, .over(count), x, write(output, count), count, caffe_gpu_divisor(spec.inner), caffe_gpu_divisor(spec.tiles))
  }

  /// Computes the gradient of what was repeated: the sum over its `tiles` repetitions.
  public func tileBackward(_ spec: TileSpec, outputGradient: Buffer, inputGradient: Buffer) {
    let count = spec.outer * spec.inner
    guard count > 0 else { return }
    let dy = read(outputGradient)
    let target = write(inputGradient, count)
    guard spec.inner > 1 else {
      // Repetitions side by side are rows.
      let rows = ChannelSpec(outer: 1, channels: spec.outer, inner: spec.tiles)
      return sum(CAFFE_SUM_PLAIN, rows, dy, dy, alpha: 1, beta: 0, into: target)
    }
    device.launch(
      .tileBackward, .over(count), dy, target, count, caffe_gpu_divisor(spec.inner), Int32(spec.tiles))
  }
}

/// A box in two tensors, in as few axes as it can be described.
struct RegionBox {
  private struct Axis {
    var extent: Int
    var sourceStride: Int
    var targetStride: Int
  }

  /// Where it begins.
  private(set) var sourceStart = 0
  private(set) var targetStart = 0
  /// The last axis first.
  private var axes: [Axis] = []

  init(_ spec: RegionSpec) {
    var (sourceStride, targetStride) = (1, 1)
    for axis in spec.extents.indices.reversed() {
      sourceStart += spec.sourceOffset[axis] * sourceStride
      targetStart += spec.targetOffset[axis] * targetStride
      append(Axis(extent: spec.extents[axis], sourceStride: sourceStride, targetStride: targetStride))
      sourceStride *= spec.source[axis]
      targetStride *= spec.target[axis]
    }
  }

  /// The number of axes; neighbours that lie side by side in both tensors are one.
  var axisCount: Int { axes.count }

  private mutating func append(_ axis: Axis) {
    guard axis.extent > 1 else { return }
    guard let last = axes.last, axis.sourceStride == last.extent * last.sourceStride,
      axis.targetStride == last.extent * last.targetStride
    else {
      axes.append(axis)
      return
    }
    axes[axes.count - 1].extent *= axis.extent
  }

  /// Calls `body` with the axes that a kernel takes at a time, the number of values, and where these begin.
  func forEachPart(
    _ body: (_ part: caffe_gpu_region, _ count: Int, _ sourceOffset: Int, _ targetOffset: Int) -> Void
  ) {
    let inner = axes.prefix(Int(CAFFE_REGION_AXES))
    let outer = axes.dropFirst(inner.count)
    let count = inner.reduce(1) { $0 * $1.extent }
    let part = RegionBox.part(inner)
    for index in 0..<outer.reduce(1, { $0 * $1.extent }) {
      var (rest, source, target) = (index, 0, 0)
      for axis in outer {
        source += rest % axis.extent * axis.sourceStride
        target += rest % axis.extent * axis.targetStride
        rest /= axis.extent
      }
      body(part, count, source, target)
    }
  }

  private static func part(_ axes: ArraySlice<Axis>) -> caffe_gpu_region {
    var part = caffe_gpu_region()
    part.axes = Int32(axes.count)
    withUnsafeMutableBytes(of: &part.extent) { room in
      axes.map { caffe_gpu_divisor($0.extent) }.withUnsafeBytes { room.copyMemory(from: $0) }
    }
    withUnsafeMutableBytes(of: &part.sourceStride) { room in
      axes.map { Int32($0.sourceStride) }.withUnsafeBytes { room.copyMemory(from: $0) }
    }
    withUnsafeMutableBytes(of: &part.targetStride) { room in
      axes.map { Int32($0.targetStride) }.withUnsafeBytes { room.copyMemory(from: $0) }
    }
    return part
  }
}

extension Kernel {
  fileprivate static let copyRegion = Kernel("region", "copy_region")
  fileprivate static let tile = Kernel("region", "tile")
  fileprivate static let tileBackward = Kernel("region", "tile_backward")
}
