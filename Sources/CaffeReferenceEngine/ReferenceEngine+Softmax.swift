import CaffeCore
import Foundation

extension ReferenceEngine: SoftmaxOps {
  /// Computes `y = eˣ / Σ eˣ` over the channels, the largest x subtracted first.
  public func softmax(_ spec: ChannelSpec, input: Buffer, output: Buffer) {
    let x = input.hostForReading()
    let y = output.hostForWriting(spec.count)
    withSums(spec.channels) { powers in
      forEachColumn(spec) { start in
        var largest = -Float.infinity
        for c in 0..<spec.channels { largest = max(largest, x[start + c * spec.inner]) }
        var sum = 0.0
        for c in 0..<spec.channels {
          powers[c] = exp(Double(x[start + c * spec.inner]) - Double(largest))
          sum += powers[c]
        }
        for c in 0..<spec.channels { y[start + c * spec.inner] = Float(powers[c] / sum) }
      }
    }
  }

  /// Computes `inputGradient = (outputGradient − Σ outputGradient · output) · output` over the channels.
  public func softmaxBackward(_ spec: ChannelSpec, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    let y = output.hostForReading()
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(spec.count)
    forEachColumn(spec) { start in
      var sum = 0.0
      for c in 0..<spec.channels {
        let i = start + c * spec.inner
        sum += Double(dy[i]) * Double(y[i])
      }
      for c in 0..<spec.channels {
        let i = start + c * spec.inner
        dx[i] = Float((Double(dy[i]) - sum) * Double(y[i]))
      }
    }
  }

  /// Calls `body` with the index of the first channel's value at every place.
  private func forEachColumn(_ spec: ChannelSpec, _ body: (_ start: Int) -> Void) {
    for outer in 0..<spec.outer {
      for inner in 0..<spec.inner { body(outer * spec.channels * spec.inner + inner) }
    }
  }
}
