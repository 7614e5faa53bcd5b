import CKernels
import CaffeCore

/// A tensor of channels as it lies in memory: in planes, one after the other.
///
/// A plane of plain values belongs to one channel of one image. In lanes of images it has sixteen times as many, those of sixteen
/// images; in lanes of channels those of sixteen, or eight, channels of an image.
struct ChannelForm {
  /// The form that buffers are taken in.
  let form: Form
  /// Images or blocks of them, channels of each, values of a plane.
  let shape: ChannelSpec
  /// How many channels a plane holds side by side: 1, 16 or 8.
  var channelsPerPlane = 1

  /// Planes of the shape.
  var planes: Int { shape.outer * shape.channels / channelsPerPlane }

  /// How many lanes of block `outer` hold images; `nil` where all do, or nothing is in lanes.
  func lanesInUse(ofBlock outer: Int) -> Int? {
    guard case .lanes(let form) = form, channelsPerPlane == 1, outer == form.blocks - 1, form.rows % 16 != 0
    else { return nil }
    return form.rows % 16
  }
}

extension CPUEngine {
  /// Lanes where one of the inputs is in lanes of the shape's images or channels; otherwise plain.
  func channelForm(
    of first: Buffer, _ second: Buffer? = nil, output: Buffer? = nil, _ shape: ChannelSpec
  ) -> ChannelForm {
    let count = shape.count
    let isWhole = first.count == count && second?.count ?? count == count && output?.count ?? count == count
    let inLanes = isWhole ? lanesForm(of: first, shape) ?? second.flatMap { lanesForm(of: $0, shape) } : nil
    return inLanes ?? ChannelForm(form: .plain(count), shape: shape)
  }

  private func lanesForm(of buffer: Buffer, _ shape: ChannelSpec) -> ChannelForm? {
    guard let lanes = buffer.lanesForm else { return nil }
    if lanes.rows == shape.outer, lanes.width == 16 {
      let planes = ChannelSpec(outer: lanes.blocks, channels: shape.channels, inner: shape.inner * 16)
      return ChannelForm(form: .lanes(lanes), shape: planes)
    }
    let width = lanes.width
    guard shape.channels % width == 0, lanes == .channels(of: shape, width: width) else { return nil }
    let planes = ChannelSpec(outer: shape.outer, channels: shape.channels, inner: shape.inner * width)
    return ChannelForm(form: .lanes(lanes), shape: planes, channelsPerPlane: width)
  }

  /// Puts values in lanes of channels, as convolutions do: tests hold the operations to what they make of plain values.
  package func putInLanes(_ buffer: Buffer, _ shape: ChannelSpec, width: Int) {
    _ = buffer.lanesForReading(.channels(of: shape, width: width), workers)
  }

  /// Shares out the planes.
  func eachPlane(of layout: ChannelForm, bytes: Int = 8, _ body: (_ first: Int, _ last: Int) -> Void) {
    workers.split(layout.planes, bytes: layout.shape.inner * bytes, multiple: layout.shape.inner == 1 ? 16 : 1, body)
  }
}

extension LanesForm {
  /// Lanes that are channels.
  static func channels(of shape: ChannelSpec, width: Int) -> LanesForm {
    LanesForm(rows: shape.outer * shape.channels, values: shape.inner, width: width)
  }
}

// MARK: - Sums over channels

/// What is summed up; see CKernels.h.
enum ChannelSum {
  case values
  case products
  case deviations
  case belowZero

  fileprivate var kind: Int32 {
    switch self {
    case .values: Int32(CAFFE_SUM)
    case .products: Int32(CAFFE_SUM_OF_PRODUCTS)
    case .deviations: Int32(CAFFE_SUM_OF_DEVIATIONS)
    case .belowZero: Int32(CAFFE_SUM_BELOW_ZERO)
    }
  }
}

extension Workers {
  /// The sum for each channel, in parts of a fixed size whatever the number of threads.
  func channelSums(
    _ what: ChannelSum, _ layout: ChannelForm, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>? = nil,
    mean: UnsafePointer<Float>? = nil, into sums: UnsafeMutablePointer<Double>
  ) {
    let shape = layout.shape
    if layout.channelsPerPlane > 1 {
      return sumsSideBySide(what, layout, x, y, mean: mean, into: sums)
    }
    if shape.inner == 1 {
      split(shape.channels, bytes: shape.outer * 4) { first, last in
        caffe_column_sums(what.kind, x, y, mean, sums + first, shape.outer, shape.channels, first, last)
      }
      return
    }
    partialSums(shape, into: sums) { outer, channel, offset, count in
      let center = mean?[channel] ?? 0
      if what == .deviations, let images = layout.lanesInUse(ofBlock: outer) {
        return caffe_lanes_deviation_sum(x + offset, center, Int32(images), count)
      }
      return caffe_channel_sum(what.kind, x + offset, y.map { $0 + offset }, center, count)
    }
  }

  /// The same in lanes of channels: columns of sixteen or eight, image by image.
  private func sumsSideBySide(
    _ what: ChannelSum, _ layout: ChannelForm, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>?,
    mean: UnsafePointer<Float>?, into sums: UnsafeMutablePointer<Double>
  ) {
    let (shape, width) = (layout.shape, layout.channelsPerPlane)
    let blocks = shape.channels / width
    let together = max(1 << 18 / max(shape.inner, 1), 1)
    let parts = (shape.outer + together - 1) / together
    sums.update(repeating: 0, count: shape.channels)
    withScratch(Double.self, parts * shape.channels) { partial in
      split(parts * blocks, bytes: min(together, shape.outer) * shape.inner * 4, multiple: 1) { first, last in
        withScratch(Double.self, width) { image in
          for task in first..<last {
            let (part, block) = task.quotientAndRemainder(dividingBy: blocks)
            let total = partial + task * width
            total.initialize(repeating: 0, count: width)
            for outer in part * together..<min((part + 1) * together, shape.outer) {
              let offset = (outer * blocks + block) * shape.inner
              caffe_column_sums(
                what.kind, x + offset, y.map { $0 + offset }, mean.map { $0 + block * width }, image,
                shape.inner / width, width, 0, width)
              for lane in 0..<width { total[lane] += image[lane] }
            }
          }
        }
      }
      for part in 0..<parts {
        for channel in 0..<shape.channels { sums[channel] += partial[part * shape.channels + channel] }
      }
    }
  }

  /// Adds up what `body` says of the runs that each channel consists of.
  func partialSums(
    _ shape: ChannelSpec, into sums: UnsafeMutablePointer<Double>,
    _ body: (_ outer: Int, _ channel: Int, _ offset: Int, _ count: Int) -> Double
  ) {
    let size = 16384
    let inner = max(shape.inner, 1)
    // Long runs are cut, short ones taken together.
    let cuts = (inner + size - 1) / size
    let together = max(size / inner, 1)
    let parts = cuts > 1 ? shape.outer * cuts : (shape.outer + together - 1) / together
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(parts * shape.channels, 1)) { partial in
      partial.initialize(repeating: 0)
      split(parts * shape.channels, bytes: min(size, shape.outer * inner) * 4, multiple: 1) { first, last in
        for task in first..<last {
          let (channel, part) = task.quotientAndRemainder(dividingBy: parts)
          let start = part % cuts * size
          let count = min(size, shape.inner - start)
          let outers =
            cuts > 1 ? part / cuts..<part / cuts + 1 : part * together..<min((part + 1) * together, shape.outer)
          for outer in outers {
            partial[task] += body(outer, channel, (outer * shape.channels + channel) * shape.inner + start, count)
          }
        }
      }
      for channel in 0..<shape.channels {
        sums[channel] = partial[channel * parts..<(channel + 1) * parts].reduce(0, +)
      }
    }
  }

  /// Calls `body` for parts of rows, whose values take so many bytes each; the parts begin at multiples of sixteen.
  func eachRowPart(
    _ rows: Int, _ columns: Int, bytes: Int = 8, multiple: Int = 1,
    _ body: (_ row: Int, _ first: Int, _ last: Int) -> Void
  ) {
    split(rows * columns, bytes: bytes, multiple: multiple) { first, last in
      var at = first
      while at < last {
        let row = at / columns
        let end = min((row + 1) * columns, last)
        body(row, at - row * columns, end - row * columns)
        at = end
      }
    }
  }
}

/// Calls `body` with room for `count` values of a type without life.
func withScratch<Value: BitwiseCopyable, Result>(
  _ type: Value.Type, _ count: Int, _ body: (UnsafeMutablePointer<Value>) -> Result
) -> Result {
  withUnsafeTemporaryAllocation(of: type, capacity: max(count, 1)) { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("a temporary of \(count) values has no address") }
    return body(start)
  }
}
