import CKernels
import CaffeCore

extension CPUEngine: BroadcastOps {
  /// Computes `output[o, c, i] = scale[c] · input[o, c, i] + shift[c]`.
  public func scaleChannels(_ shape: ChannelSpec, input: Buffer, scale: Buffer?, shift: Buffer?, output: Buffer) {
    let layout = channelForm(of: input, output: output, shape)
    withScratch(Float.self, 2 * shape.channels) { standIns in
      let (ones, zeros) = (standIns, standIns + shape.channels)
      ones.initialize(repeating: 1, count: shape.channels)
      zeros.initialize(repeating: 0, count: shape.channels)
      let factors = scale?.hostForReading() ?? UnsafePointer(ones)
      let terms = shift?.hostForReading() ?? UnsafePointer(zeros)
      let x = read(input, layout.form)
      let y = write(output, layout.form)
      eachPlane(of: layout) { first, last in
        caffe_scale_planes(
          x, factors, terms, y, first, last, shape.channels, layout.shape.inner,
          Int32(layout.channelsPerPlane))
      }
    }
    finish(output, layout.form)
  }

  /// Computes `result[c] = alpha · Σ a · b + beta · result[c]` over all but the channels.
  public func sumChannels(
    _ shape: ChannelSpec, _ a: Buffer, times b: Buffer?, alpha: Float, beta: Float, into result: Buffer
  ) {
    let layout = channelForm(of: a, b, shape)
    let left = read(a, layout.form)
    let right = b.map { read($0, layout.form) }
    let target = result.hostForUpdating()
    withScratch(Double.self, shape.channels) { sums in
      workers.channelSums(right == nil ? .values : .products, layout, left, right, into: sums)
      for c in 0..<shape.channels {
        let held = beta == 0 ? 0 : Double(beta) * Double(target[c])
        target[c] = Float(Double(alpha) * sums[c] + held)
      }
    }
  }

  /// Computes `output = input / divisor[0]`; 0 where the divisor is 0.
  public func divide(_ input: Buffer, byScalar divisor: Buffer, output: Buffer, count: Int) {
    let by = divisor.hostForReading()[0]
    guard by != 0 else { return fill(output, count: count, with: 0) }
    let x = input.hostForReading()
    let y = output.plainForWriting(count)
    for i in 0..<count { y[i] = x[i] / by }
  }
}
