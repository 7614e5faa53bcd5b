import CKernels
import CaffeCore

/// A convolution with kernels of 3×3 and stride 1 over lanes of channels in tiles of 2×2 outputs, which takes 16 products of each pair of
/// channels for 4 outputs in place of 36; with kernels of 5×5 49 in place of 100.
///
/// With `turned` it computes the gradient of the input from that of the output. Sums don't depend on how tiles are shared out.
final class WinogradConvolution {
  private let spec: ConvolutionSpec
  private let workers: Workers
  private let turned: Bool
  private let width: Int
  private var geometry: caffe_winograd
  /// Tiles of all images, and how many are computed at a time.
  private let tiles: Int
  private let together: Int
  private let transformed = Workspace()
  /// The weights that were transformed, and of which version they were.
  private weak var weights: Buffer?
  private var version: UInt64 = 0

  /// `nil` where the geometry isn't one for it, or there is too little to share out.
  init?(_ spec: ConvolutionSpec, width: Int, turned: Bool = false, workers: Workers) {
    let channels = [spec.inputChannels / spec.groups, spec.outputChannels / spec.groups]
    let (from, to) = turned ? (channels[1], channels[0]) : (channels[0], channels[1])
    let (input, output) = turned ? (spec.output, spec.input) : (spec.input, spec.output)
    guard
      WinogradConvolution.takes(spec.kernel, width, turned), spec.stride == [1, 1], spec.dilation == [1, 1],
      zip(spec.padding, spec.kernel).allSatisfy({ $0 < $1 }),
      from >= 32, to >= 32, from % width == 0, to % (2 * width) == 0
    else { return nil }
    tiles = spec.images * ((output[0] + 1) / 2) * ((output[1] + 1) / 2)
    guard tiles >= 24 * workers.count else { return nil }
    self.spec = spec
    self.workers = workers
    self.turned = turned
    self.width = width
    let padding = zip(spec.padding, spec.kernel).map { Int32(turned ? $1 - 1 - $0 : $0) }
    geometry = caffe_winograd(
      height: Int32(input[0]), width: Int32(input[1]), out_height: Int32(output[0]), out_width: Int32(output[1]),
      kernel_h: Int32(spec.kernel[0]), kernel_w: Int32(spec.kernel[1]), padding_h: padding[0], padding_w: padding[1],
      in_channels: Int32(from), out_channels: Int32(to),
      image_stride: from * spec.groups * input[0] * input[1],
      out_image_stride: to * spec.groups * output[0] * output[1], slope: 1)
    // What the tiles become stays in the second cache while the weights go by.
    together = min(max((1 << 14) / caffe_winograd_rows(&geometry) / 12, 4), 16) * 12
  }

  /// Larger kernels are cut into parts, which gains less: measured with vectors of eight, where the gradient of the input gained nothing.
  private static func takes(_ kernel: [Int], _ width: Int, _ turned: Bool) -> Bool {
    kernel == [3, 3] || (kernel == [5, 5] && width == 8 && !turned)
  }

  /// Transformed weights of a group.
  private var transformedCount: Int { Int(geometry.out_channels) * caffe_winograd_rows(&geometry) * 16 }
  /// Weights of a group.
  private var weightCount: Int { spec.weightCount / spec.groups }

  /// Computes `r(x * w + bias + addend)`, where r multiplies what is below 0 with `slope`.
  func run(
    _ x: UnsafePointer<Float>, _ weights: Buffer, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>,
    adding addend: UnsafePointer<Float>? = nil, slope: Float = 1
  ) {
    let u = transform(weights)
    let size = caffe_winograd_scratch(&geometry, Int32(width), min(together, tiles))
    let pieces = min(workers.count, tiles)
    let convolve = width == 8 ? caffe_winograd_convolve_8 : caffe_winograd_convolve
    let from = Int(geometry.in_channels) * Int(geometry.height) * Int(geometry.width)
    let channels = Int(geometry.out_channels)
    let to = channels * Int(geometry.out_height) * Int(geometry.out_width)
    let uCount = transformedCount
    geometry.slope = slope
    workers.withRoom(for: pieces * size) { room in
      withUnsafePointer(to: geometry) { geometry in
        workers.each(pieces) { piece in
          let end = self.tiles * (piece + 1) / pieces
          for first in stride(from: self.tiles * piece / pieces, to: end, by: self.together) {
            for group in 0..<self.spec.groups {
              convolve(
                geometry, x + group * from, u + group * uCount,
                bias.map { $0 + group * channels }, addend.map { $0 + group * to }, y + group * to, room + piece * size,
                first, min(first + self.together, end))
            }
          }
        }
      }
    }
  }

  /// Whether the gradient of the weights is computed this way: threads add up sums of their own, over enough tiles each.
  var computesWeightGradient: Bool { !turned && tiles >= 96 * workers.count }

  /// Adds the gradient of the weights.
  func addGradient(_ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, to dw: UnsafeMutablePointer<Float>) {
    let (from, to) = (Int(geometry.in_channels), Int(geometry.out_channels))
    let (inputs, outputs) = (
      from * Int(geometry.height) * Int(geometry.width), to * Int(geometry.out_height) * Int(geometry.out_width)
    )
    let (pieces, atOnce, count) = (workers.count, 96, transformedCount)
    let size = count + caffe_winograd_gradient_scratch(&geometry, atOnce)
    let gradient = width == 8 ? caffe_winograd_gradient_8 : caffe_winograd_gradient
    workers.withRoom(for: pieces * size) { room in
      withUnsafePointer(to: geometry) { geometry in
        for group in 0..<spec.groups {
          workers.each(pieces) { piece in
            let sums = room + piece * size
            caffe_fill(sums, 0, count)
            let end = self.tiles * (piece + 1) / pieces
            for first in stride(from: self.tiles * piece / pieces, to: end, by: atOnce) {
              gradient(
                geometry, x + group * inputs, dy + group * outputs, sums, sums + count, first, min(first + atOnce, end))
            }
          }
          // In the order of the pieces, so that the sum is the same every time.
          workers.split(to / (2 * width), bytes: from * width * 200, multiple: 1) { first, last in
            for piece in 0..<pieces {
              caffe_winograd_add_gradient(
                geometry, room + piece * size, dw + group * self.weightCount, Int32(self.width), Int32(first),
                Int32(last)
              )
            }
          }
        }
      }
    }
  }

  /// The weights as tiles meet them, made anew when they have changed.
  private func transform(_ weights: Buffer) -> UnsafePointer<Float> {
    let (from, to) = (Int(geometry.in_channels), Int(geometry.out_channels))
    let (count, size) = (transformedCount, weightCount)
    let u = transformed.room(for: spec.groups * count)
    let w = weights.hostForReading()
    if weights !== self.weights || weights.version != version {
      self.weights = weights
      version = weights.version
      let panels = to / (2 * width)
      withUnsafePointer(to: geometry) { geometry in
        workers.split(spec.groups * panels, bytes: from * width * 200, multiple: 1) { first, last in
          for panel in first..<last {
            let (group, index) = panel.quotientAndRemainder(dividingBy: panels)
            caffe_winograd_weights(
              geometry, w + group * size, u + group * count, Int32(self.width), self.turned, Int32(index),
              Int32(index + 1))
          }
        }
      }
    }
    return UnsafePointer(u)
  }
}
