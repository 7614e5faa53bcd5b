import CKernels
import CaffeCore

/// A convolution with stride 1 over lanes of channels in tiles (`winograd.c`). With kernels of 3×3 a tile of 4×4 outputs takes 36 products of
/// each pair of channels in place of 144, one of 2×2 outputs 16 in place of 36; with kernels of 5×5 one of 2×3 outputs takes 42 in place of 150.
/// Some images are cut into tiles as one picture (`tiling`).
///
/// With `turned` it computes the gradient of the input from that of the output.
final class WinogradConvolution {
  let spec: ConvolutionSpec
  private let workers: Workers
  private let turned: Bool
  private let width: Int
  private let geometry: caffe_winograd
  /// For the gradient of the weights, which seven inputs along an axis round too much.
  private let gradientGeometry: caffe_winograd
  /// About how many tiles are computed at a time.
  private let tilesAtOnce: Int
  /// Whether the gradient of the weights is computed this way: threads add up sums of their own, over enough tiles each.
  let computesWeightGradient: Bool
  private let transformed: TransformedWeights
  /// Makes the weights of this convolution from those that `run` is given, where they aren't the same.
  private let rearrange: Rearrangement?

  typealias Rearrangement = (_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>) -> Void

  /// `nil` where the geometry isn't one for it, or there is too little to share out.
  init?(_ spec: ConvolutionSpec, width: Int, turned: Bool = false, workers: Workers, rearrange: Rearrangement? = nil) {
    let channels = [spec.inputChannels / spec.groups, spec.outputChannels / spec.groups]
    let (from, to) = turned ? (channels[1], channels[0]) : (channels[0], channels[1])
    let (input, output) = turned ? (spec.output, spec.input) : (spec.input, spec.output)
    guard
      [[3, 3], [5, 5]].contains(spec.kernel), spec.stride == [1, 1], spec.dilation == [1, 1],
      zip(spec.padding, spec.kernel).allSatisfy({ $0 < $1 }),
      from >= 32, to >= 32, from % width == 0, to % (2 * width) == 0
    else { return nil }
    let kernel = spec.kernel[0]
    let padding = spec.padding.map { Int32(turned ? kernel - 1 - $0 : $0) }
    let geometry = caffe_winograd(
      height: Int32(input[0]), width: Int32(input[1]), out_height: Int32(output[0]), out_width: Int32(output[1]),
      padding_h: padding[0], padding_w: padding[1], in_channels: Int32(from), out_channels: Int32(to),
      kernel: Int32(kernel), tile_h: 6, tile_w: 6, images: Int32(spec.images), joined: 1,
      image_stride: from * spec.groups * input[0] * input[1],
      out_image_stride: to * spec.groups * output[0] * output[1], slope: 1)
    let least = 24 * workers.count
    let square = WinogradConvolution.tiled(geometry, by: kernel == 3 ? [(6, 6), (4, 4)] : [(6, 6)], leaving: least)
    guard let square else { return nil }
    let wide = kernel == 5 ? WinogradConvolution.tiled(geometry, by: [(6, 6), (6, 7)], leaving: least) : nil
    self.spec = spec
    self.workers = workers
    self.turned = turned
    self.width = width
    self.geometry = wide ?? square
    gradientGeometry = square
    computesWeightGradient = !turned && withUnsafePointer(to: square, caffe_winograd_tiles) >= 96 * workers.count
    transformed = TransformedWeights(workers)
    self.rearrange = rearrange
    // What the tiles become stays near while the weights go by; many weights are worth more tiles than that.
    tilesAtOnce = square.tile_h == 6 ? (from < 256 ? 48 : 96) : min(max((1 << 14) / from / 12, 4), 16) * 12
  }

  /// The geometry with the tile that takes the fewest products, of those of which there are enough to share out; `nil` where there is none.
  private static func tiled(
    _ geometry: caffe_winograd, by tiles: [(height: Int32, width: Int32)], leaving least: Int
  ) -> caffe_winograd? {
    var best: caffe_winograd?
    for tile in tiles {
      var one = geometry
      (one.tile_h, one.tile_w, one.joined) = (tile.height, tile.width, 1)
      guard caffe_winograd_tiles(&one) >= least else { continue }
      joinImages(&one, leaving: least)
      // The earlier ones round less, or have fewer tiles to transform.
      if best.map({ products(one) * 20 < products($0) * 19 }) ?? true { best = one }
    }
    return best
  }

  private static func products(_ geometry: caffe_winograd) -> Int {
    withUnsafePointer(to: geometry, caffe_winograd_tiles) * Int(geometry.tile_h * geometry.tile_w)
  }

  /// Joins as many images as leaves the fewest tiles, but no fewer than that: tiles at the border of an image go on in the next.
  private static func joinImages(_ geometry: inout caffe_winograd, leaving least: Int) {
    var fewest = caffe_winograd_tiles(&geometry)
    for joined in Int32(2)...4 where joined * joined <= geometry.images {
      var one = geometry
      one.joined = joined
      let tiles = caffe_winograd_tiles(&one)
      if tiles >= least && tiles < fewest { (fewest, geometry) = (tiles, one) }
    }
  }

  /// Products of each pair of channels for all images, forward.
  var products: Int { WinogradConvolution.products(geometry) }

  /// Transformed weights of a group.
  private var transformedCount: Int {
    withUnsafePointer(to: geometry) { caffe_winograd_weight_count($0, Int32(width)) }
  }
  /// Weights of a group.
  private var weightCount: Int { spec.weightCount / spec.groups }

  /// Computes `r(x * w + bias + addend)`, where r multiplies what is below 0 with `slope`.
  func run(
    _ x: UnsafePointer<Float>, _ weights: Buffer, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>,
    adding addend: UnsafePointer<Float>? = nil, slope: Float = 1
  ) {
    withTransformed(weights) { convolve(x, $0, bias, y, adding: addend, slope: slope, images: spec.images) }
  }

  /// The same for some images, at most those of the specification, with what the weights become.
  func convolve(
    _ x: UnsafePointer<Float>, _ u: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>, adding addend: UnsafePointer<Float>?, slope: Float, images: Int
  ) {
    var geometry = geometry
    geometry.slope = slope
    geometry.images = Int32(images)
    let tiles = withUnsafePointer(to: geometry, caffe_winograd_tiles)
    // So many go through the products side by side.
    let unit = width == 8 ? 6 : 12
    let (units, groups) = ((tiles - 1) / unit + 1, spec.groups)
    let ofAThread = (tiles - 1) / workers.count + 1
    let parts = min(max((ofAThread + tilesAtOnce * 3 / 4) / tilesAtOnce, 1) * workers.count, units)
    let size = withUnsafePointer(to: geometry) {
      caffe_winograd_scratch($0, Int32(width), ((units - 1) / parts + 1) * unit)
    }
    let compute = width == 8 ? caffe_winograd_convolve_8 : caffe_winograd_convolve
    let from = Int(geometry.in_channels) * Int(geometry.height) * Int(geometry.width)
    let channels = Int(geometry.out_channels)
    let to = channels * Int(geometry.out_height) * Int(geometry.out_width)
    let uCount = transformedCount
    workers.withRoom(for: workers.count * size) { room in
      withUnsafePointer(to: geometry) { geometry in
        workers.each(parts * groups) { task, thread in
          let (part, group) = task.quotientAndRemainder(dividingBy: groups)
          compute(
            geometry, x + group * from, u + group * uCount, bias.map { $0 + group * channels },
            addend.map { $0 + group * to }, y + group * to, room + thread * size, units * part / parts * unit,
            min(units * (part + 1) / parts * unit, tiles))
        }
      }
    }
  }

  /// Adds the gradient of the weights over some images, by default all.
  func addGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, to dw: UnsafeMutablePointer<Float>, images: Int? = nil
  ) {
    var geometry = gradientGeometry
    geometry.images = Int32(images ?? spec.images)
    let (from, to) = (Int(geometry.in_channels), Int(geometry.out_channels))
    let (inputs, outputs) = (
      from * Int(geometry.height) * Int(geometry.width), to * Int(geometry.out_height) * Int(geometry.out_width)
    )
    let (tiles, count) = (caffe_winograd_tiles(&geometry), caffe_winograd_sum_count(&geometry))
    let (pieces, atOnce) = (workers.count, 96)
    let size = count + caffe_winograd_gradient_scratch(&geometry, atOnce)
    let gradient = width == 8 ? caffe_winograd_gradient_8 : caffe_winograd_gradient
    let add = width == 8 ? caffe_winograd_add_gradient_8 : caffe_winograd_add_gradient
    workers.withRoom(for: pieces * size) { room in
      withUnsafePointer(to: geometry) { geometry in
        for group in 0..<spec.groups {
          workers.each(pieces) { piece in
            let sums = room + piece * size
            caffe_fill(sums, 0, count)
            let end = tiles * (piece + 1) / pieces
            for first in stride(from: tiles * piece / pieces, to: end, by: atOnce) {
              gradient(
                geometry, x + group * inputs, dy + group * outputs, sums, sums + count, first, min(first + atOnce, end))
            }
          }
          // In the order of the pieces, so that the sum is the same every time.
          workers.split(to / (2 * width), bytes: from * width * 200, multiple: 1) { first, last in
            for piece in 0..<pieces {
              add(geometry, room + piece * size, dw + group * self.weightCount, Int32(first), Int32(last))
            }
          }
        }
      }
    }
  }

  /// Calls `body` with what the weights become.
  func withTransformed(_ weights: Buffer, _ body: (UnsafePointer<Float>) -> Void) {
    transformed.withValues(of: weights, count: spec.groups * transformedCount, body) { w, u in
      guard let rearrange else { return transform(w, u) }
      workers.withRoom(for: spec.weightCount) { room in
        if !workers.rehearses { rearrange(w, room) }
        transform(room, u)
      }
    }
  }

  private func transform(_ w: UnsafePointer<Float>, _ u: UnsafeMutablePointer<Float>) {
    let (from, panels) = (Int(geometry.in_channels), Int(geometry.out_channels) / (2 * width))
    let (count, size) = (transformedCount, weightCount)
    let transform = width == 8 ? caffe_winograd_weights_8 : caffe_winograd_weights
    withUnsafePointer(to: geometry) { geometry in
      workers.split(spec.groups * panels, bytes: from * width * 200, multiple: 1) { first, last in
        for panel in first..<last {
          let (group, index) = panel.quotientAndRemainder(dividingBy: panels)
          transform(geometry, w + group * size, u + group * count, self.turned, Int32(index), Int32(index + 1))
        }
      }
    }
  }
}
