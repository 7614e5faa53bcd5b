import CKernels
import CaffeCore

/// A convolution with a stride, such as a net's first one, in tiles over lanes of channels: as one with stride 1 over the phases of its input
/// (`phases.c`). Kernels of 11×11 with stride 4 become those of 3×3 for sixteen phases of each channel.
///
/// Inputs are plain, outputs in lanes of channels. There is no gradient of the input, which a first layer doesn't need.
final class PhasedConvolution {
  private let workers: Workers
  private let spec: ConvolutionSpec
  private let tiles: WinogradConvolution
  private let phases: caffe_phases
  /// Values of an image. The specification works them out in arrays, which takes memory.
  private let inputCount: Int
  private let outputCount: Int
  /// A batch is taken in so many parts.
  private let parts: Int

  /// `nil` where the geometry isn't one for it, or it would save too little.
  init?(_ spec: ConvolutionSpec, width: Int, workers: Workers) {
    let stride = spec.stride[0]
    let taps = (spec.kernel.reduce(0, max) + stride - 1) / stride
    guard
      stride > 1, spec.stride == [stride, stride], spec.dilation == [1, 1], spec.groups == 1, width % stride == 0,
      spec.outputChannels % (2 * width) == 0
    else { return nil }
    let plane = spec.output.map { $0 + taps - 1 }
    let phases = caffe_phases(
      channels: Int32(spec.inputChannels), height: Int32(spec.input[0]), width: Int32(spec.input[1]),
      kernel_h: Int32(spec.kernel[0]), kernel_w: Int32(spec.kernel[1]), stride: Int32(stride),
      padding_h: Int32(spec.padding[0]), padding_w: Int32(spec.padding[1]), rows: Int32(plane[0]),
      columns: Int32(plane[1]), taps: Int32(taps), lanes: Int32(width))
    let channels = Int(withUnsafePointer(to: phases, caffe_phase_count))
    parts = (spec.images - 1) / (4 * workers.count) + 1
    let imagesAtOnce = (spec.images - 1) / parts + 1
    let dense = ConvolutionSpec(
      images: imagesAtOnce, inputChannels: channels, outputChannels: spec.outputChannels, input: plane,
      kernel: [taps, taps], stride: [1, 1], padding: [0, 0], dilation: [1, 1])
    let tiles = WinogradConvolution(dense, width: width, workers: workers) { from, to in
      withUnsafePointer(to: phases) { caffe_phase_weights($0, from, to, Int32(spec.outputChannels)) }
    }
    let products = imagesAtOnce * spec.output.reduce(1, *) * spec.inputChannels * spec.kernel.reduce(1, *)
    guard let tiles, tiles.products * channels * 2 <= products else { return nil }
    self.spec = spec
    self.workers = workers
    self.tiles = tiles
    self.phases = phases
    inputCount = spec.inputCount
    outputCount = spec.outputCount
  }

  /// Computes `r(x * w + bias + addend)`, where r multiplies what is below 0 with `slope`.
  func run(
    _ x: UnsafePointer<Float>, _ weights: Buffer, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>,
    adding addend: UnsafePointer<Float>? = nil, slope: Float = 1
  ) {
    tiles.withTransformed(weights) { u in
      eachPart(of: x) { first, part, images in
        let at = first * outputCount
        tiles.convolve(part, u, bias, y + at, adding: addend.map { $0 + at }, slope: slope, images: images)
      }
    }
  }

  var computesWeightGradient: Bool { tiles.computesWeightGradient }

  /// Adds the gradient of the weights.
  func addGradient(_ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, to dw: UnsafeMutablePointer<Float>) {
    let count = tiles.spec.weightCount
    workers.withRoom(for: count) { sum in
      workers.split(count) { first, last in caffe_fill(sum + first, 0, last - first) }
      eachPart(of: x) { first, part, images in
        tiles.addGradient(part, dy + first * outputCount, to: sum, images: images)
      }
      guard !workers.rehearses else { return }
      withUnsafePointer(to: phases) { caffe_add_phase_gradient($0, sum, dw, Int32(spec.outputChannels)) }
    }
  }

  /// Calls `body` with the phases of some images after the others.
  private func eachPart(
    of x: UnsafePointer<Float>, _ body: (_ first: Int, UnsafePointer<Float>, _ images: Int) -> Void
  ) {
    let count = tiles.spec.inputCount
    workers.withRoom(for: tiles.spec.images * count) { room in
      for part in 0..<parts {
        let first = spec.images * part / parts
        let images = spec.images * (part + 1) / parts - first
        withUnsafePointer(to: phases) { phases in
          workers.each(images) { image in
            caffe_split_phases(phases, x + (first + image) * self.inputCount, room + image * count)
          }
        }
        body(first, room, images)
      }
    }
  }
}
