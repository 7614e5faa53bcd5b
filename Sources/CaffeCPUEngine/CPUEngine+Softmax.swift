import CKernels
import CaffeCore

extension CPUEngine: SoftmaxOps {
  /// Computes `y = eˣ / Σ eˣ` over the channels, the largest x subtracted first.
  public func softmax(_ spec: ChannelSpec, input: Buffer, output: Buffer) {
    guard spec.count > 0 else { return }
    let x = input.hostForReading()
    let y = output.plainForWriting(spec.count)
    let step = spec.channels * spec.inner
    workers.split(spec.outer, bytes: step * 16, multiple: 1) { first, last in
      caffe_softmax(x + first * step, y + first * step, last - first, spec.channels, spec.inner)
    }
  }

  /// Computes `inputGradient = (outputGradient − Σ outputGradient · output) · output` over the channels.
  public func softmaxBackward(_ spec: ChannelSpec, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    guard spec.count > 0 else { return }
    let y = output.hostForReading()
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.plainForWriting(spec.count)
    let step = spec.channels * spec.inner
    workers.split(spec.outer, bytes: step * 8, multiple: 1) { first, last in
      let offset = first * step
      caffe_softmax_gradient(y + offset, dy + offset, dx + offset, last - first, spec.channels, spec.inner)
    }
  }
}
