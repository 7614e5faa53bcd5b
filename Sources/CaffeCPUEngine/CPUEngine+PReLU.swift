import CKernels
import CaffeCore

extension CPUEngine: PReLUOps {
  /// Computes `output = max(x, 0) + slopes[c] · min(x, 0)`.
  public func prelu(_ shape: ChannelSpec, input: Buffer, slopes: Buffer, output: Buffer) {
    let layout = channelForm(of: input, output: output, shape)
    let slope = slopes.hostForReading()
    let x = read(input, layout.form)
    let y = write(output, layout.form)
    eachPlane(of: layout) { first, last in
      caffe_prelu_planes(
        x, slope, y, first, last, shape.channels, layout.shape.inner,
        Int32(layout.channelsPerPlane))
    }
    finish(output, layout.form)
  }

  /// Computes `inputGradient = outputGradient` where x > 0, otherwise `slopes[c] · outputGradient`.
  public func preluBackward(
    _ shape: ChannelSpec, input: Buffer, slopes: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    let layout = channelForm(of: outputGradient, input, output: inputGradient, shape)
    let slope = slopes.hostForReading()
    let x = read(input, layout.form)
    let dy = read(outputGradient, layout.form)
    let dx = write(inputGradient, layout.form)
    eachPlane(of: layout, bytes: 12) { first, last in
      caffe_prelu_gradient_planes(
        x, slope, dy, dx, first, last, shape.channels, layout.shape.inner,
        Int32(layout.channelsPerPlane))
    }
    finish(inputGradient, layout.form)
  }

  /// Adds `Σ outputGradient · min(x, 0)` of each channel to what `slopeGradient` holds.
  public func preluSlopeBackward(_ shape: ChannelSpec, input: Buffer, outputGradient: Buffer, slopeGradient: Buffer) {
    let layout = channelForm(of: outputGradient, input, shape)
    let x = read(input, layout.form)
    let dy = read(outputGradient, layout.form)
    let target = slopeGradient.hostForUpdating()
    withScratch(Double.self, shape.channels) { sums in
      workers.channelSums(.belowZero, layout, x, dy, into: sums)
      for c in 0..<shape.channels { target[c] += Float(sums[c]) }
    }
  }
}
