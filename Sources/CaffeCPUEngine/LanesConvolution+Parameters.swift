import CKernels
import CaffeCore

// The gradients of a convolution's parameters.
extension LanesConvolution {
  /// Whether threads share out the blocks of images, each adding up gradients of its own: the values are then in the cache
  /// of the core that wrote them. It takes few parameters and equal shares.
  var sharesBlocks: Bool {
    let blocks = input.blocks
    return (blocks % workers.count == 0 || blocks >= 4 * workers.count) && partialCount * workers.count <= 1 << 17
  }

  /// Floats of one thread's gradients: of the weights, then of the bias, up to whole vectors.
  private var partialCount: Int { (spec.weightCount + spec.outputChannels).roundedUp(to: 16) }

  /// Values of one group's input in a block, with padding.
  private var sourceCount: Int { Int(geometry.channels) * Int(geometry.height) * Int(geometry.width) * 16 }

  func addGradientsByBlocks(
    _ x: UnsafePointer<Float>?, _ dy: UnsafePointer<Float>, _ dw: UnsafeMutablePointer<Float>?,
    _ db: UnsafeMutablePointer<Float>?
  ) {
    let shares = min(workers.count, input.blocks)
    let (blocks, count) = (input.blocks, partialCount)
    workers.withRoom(for: max(shares, 1) * count) { partial in
      withUnsafePointer(to: geometry) { geometry in
        workers.each(shares) { share in
          let weights = partial + share * count
          caffe_fill(weights, 0, count)
          let part = blocks * share / shares..<blocks * (share + 1) / shares
          if db != nil {
            caffe_lanes_bias_gradient(
              dy + part.lowerBound * self.output.blockCount, self.output.blockCount, Int32(part.count), self.places,
              weights + self.spec.weightCount, 0, Int32(self.spec.outputChannels))
          }
          guard let x, dw != nil else { return }
          for group in 0..<self.spec.groups { self.add(geometry, x, dy, part, group, to: weights, units: nil) }
        }
      }
      // In the order of the shares, so that the sum is the same every time.
      for share in 0..<shares {
        let weights = partial + share * count
        if let dw { workers.add(weights, to: dw, count: spec.weightCount) }
        if let db { workers.add(weights + spec.weightCount, to: db, count: spec.outputChannels) }
      }
    }
  }

  func addWeightGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dw: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: geometry) { geometry in
      let units = Int(caffe_lanes_weight_units(geometry))
      // Each task has weights of its own, so there is nothing to add up between threads.
      let pieces = spec.groups >= workers.count ? 1 : min(units, workers.count)
      workers.each(spec.groups * pieces) { task in
        let (group, piece) = task.quotientAndRemainder(dividingBy: pieces)
        self.add(
          geometry, x, dy, 0..<self.input.blocks, group, to: dw,
          units: units * piece / pieces..<units * (piece + 1) / pieces)
      }
    }
  }

  /// Adds a group's gradients over some blocks, all of them or some units.
  private func add(
    _ geometry: UnsafePointer<caffe_lanes_geometry>, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    _ blocks: Range<Int>, _ group: Int, to dw: UnsafeMutablePointer<Float>, units: Range<Int>?
  ) {
    let units = units ?? 0..<Int(caffe_lanes_weight_units(geometry))
    let source = x + (blocks.lowerBound * spec.groups + group) * sourceCount
    let gradient = dy + blocks.lowerBound * output.blockCount + group * output.blockCount / spec.groups
    caffe_lanes_weight_gradient(
      geometry, source, sourceCount * spec.groups, gradient, output.blockCount, Int32(blocks.count),
      dw + group * spec.weightCount / spec.groups, Int32(units.lowerBound), Int32(units.upperBound))
  }
}
