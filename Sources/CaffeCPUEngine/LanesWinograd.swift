import CKernels
import CaffeCore

/// A convolution with kernels of 5×5 over lanes of images in tiles of 2×2 outputs (`lanes_winograd.c`), which takes 36 products of each pair of
/// channels in place of 100. Threads share out blocks of images.
final class LanesWinograd {
  private let spec: ConvolutionSpec
  private let workers: Workers
  private let blocks: Int
  /// Floats of a block. The specification works them out in arrays, which takes memory.
  private let inputCount: Int
  private let outputCount: Int
  private let geometry: caffe_winograd
  /// Floats that a thread needs for a while.
  private let scratchCount: Int
  private let forwardWeights: TransformedWeights
  private let backwardWeights: TransformedWeights

  /// `nil` where the geometry isn't one for it, or blocks don't make equal shares.
  init?(_ spec: ConvolutionSpec, blocks: Int, workers: Workers) {
    guard
      spec.kernel == [5, 5], spec.stride == [1, 1], spec.dilation == [1, 1], spec.groups == 1,
      zip(spec.padding, spec.kernel).allSatisfy({ $0 < $1 }), spec.inputChannels >= 16, spec.outputChannels >= 16,
      blocks % workers.count == 0 || blocks >= 4 * workers.count
    else { return nil }
    let geometry = caffe_winograd(
      height: Int32(spec.input[0]), width: Int32(spec.input[1]), out_height: Int32(spec.output[0]),
      out_width: Int32(spec.output[1]), padding_h: Int32(spec.padding[0]), padding_w: Int32(spec.padding[1]),
      in_channels: Int32(spec.inputChannels), out_channels: Int32(spec.outputChannels), kernel: 5, tile_h: 6, tile_w: 6,
      images: 1, joined: 1, image_stride: 0, out_image_stride: 0, slope: 1)
    // Tiles that reach over the border compute what nobody needs.
    let products = withUnsafePointer(to: geometry, caffe_winograd_tiles) * 36
    guard products * 3 < spec.output.reduce(1, *) * 25 * 2 else { return nil }
    self.spec = spec
    self.workers = workers
    self.blocks = blocks
    self.geometry = geometry
    scratchCount = withUnsafePointer(to: geometry, caffe_lanes_winograd_scratch)
    inputCount = spec.inputCount * 16
    outputCount = spec.outputCount * 16
    forwardWeights = TransformedWeights(workers)
    backwardWeights = TransformedWeights(workers)
  }

  func forward(
    _ x: UnsafePointer<Float>, _ weights: Buffer, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
  ) {
    transform(weights, forwardWeights, turned: false) { u in
      let parts = 4
      each(blocks * parts) { geometry, task, scratch in
        let (block, part) = task.quotientAndRemainder(dividingBy: parts)
        caffe_lanes_winograd_convolve(
          geometry, x + block * self.inputCount, u, bias, y + block * self.outputCount, scratch, Int32(part),
          Int32(parts))
      }
    }
  }

  func backwardData(_ dy: UnsafePointer<Float>, _ weights: Buffer, _ dx: UnsafeMutablePointer<Float>) {
    transform(weights, backwardWeights, turned: true) { u in
      each(blocks) { geometry, block, scratch in
        caffe_lanes_winograd_data_gradient(
          geometry, dy + block * self.outputCount, u, dx + block * self.inputCount, scratch)
      }
    }
  }

  /// Adds the gradient of the weights.
  func addGradient(_ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, to dw: UnsafeMutablePointer<Float>) {
    let count = withUnsafePointer(to: geometry, caffe_lanes_winograd_sum_count)
    let shares = min(workers.count, blocks)
    workers.withRoom(for: shares * count) { sums in
      each(shares) { geometry, share, scratch in
        let own = sums + share * count
        caffe_fill(own, 0, count)
        for block in self.blocks * share / shares..<self.blocks * (share + 1) / shares {
          caffe_lanes_winograd_weight_gradient(
            geometry, x + block * self.inputCount, dy + block * self.outputCount, own, scratch)
        }
      }
      let rows = Int(withUnsafePointer(to: geometry, caffe_lanes_winograd_sum_rows))
      withUnsafePointer(to: geometry) { geometry in
        workers.split(rows, bytes: count / rows * shares * 4, multiple: 1) { first, last in
          // In the order of the shares, so that the sum is the same every time.
          for share in 0..<shares {
            caffe_lanes_winograd_add_gradient(geometry, sums + share * count, dw, Int32(first), Int32(last))
          }
        }
      }
    }
  }

  /// Calls `body` for each task, with scratch of its thread's.
  private func each(
    _ tasks: Int, _ body: (UnsafePointer<caffe_winograd>, _ task: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
  ) {
    workers.withRoom(for: workers.count * scratchCount) { room in
      withUnsafePointer(to: geometry) { geometry in
        workers.each(tasks) { task, thread in body(geometry, task, room + thread * self.scratchCount) }
      }
    }
  }

  private func transform(
    _ weights: Buffer, _ transformed: TransformedWeights, turned: Bool, _ body: (UnsafePointer<Float>) -> Void
  ) {
    let rows = turned ? spec.outputChannels : spec.inputChannels
    let count = withUnsafePointer(to: geometry) { caffe_lanes_winograd_weight_count($0, turned) }
    transformed.withValues(of: weights, count: count, body) { w, u in
      withUnsafePointer(to: geometry) { geometry in
        workers.split(rows, bytes: 1 << 16, multiple: 1) { first, last in
          caffe_lanes_winograd_weights(geometry, w, u, turned, Int32(first), Int32(last))
        }
      }
    }
  }
}
