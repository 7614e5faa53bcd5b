import CaffeCore
import Foundation

extension ReferenceEngine: NormalizationOps {
  /// Prepares local response normalisation.
  public func planLRN(_ spec: LRNSpec) -> any LRNPlan { ReferenceLRN(spec) }
}

/// Local response normalisation, where "scale" is `k + alpha / n · Σ x²` and a value's neighbours are those that its sum
/// covers. Neighbourhood is mutual: the size is odd.
private final class ReferenceLRN: LRNPlan {
  private let spec: LRNSpec
  /// `alpha / n`.
  private let factor: Double
  private let count: Int
  private let plane: Int
  /// Of the last forward; a net that is only built has none.
  private var scale: [Double] = []

  init(_ spec: LRNSpec) {
    self.spec = spec
    plane = spec.height * spec.width
    count = spec.images * spec.channels * plane
    switch spec.region {
    case .acrossChannels: factor = Double(spec.alpha) / Double(spec.size)
    // A window of the inner average pool, step 1 and padding (size - 1) / 2, never reaches beyond the padding, so that
    // each is divided by size².
    case .withinChannel: factor = Double(spec.alpha) / Double(spec.size * spec.size)
    }
  }

  private func prepareScale() {
    if scale.count != count { scale = Array(repeating: 1, count: count) }
  }

  func forward(input: Buffer, output: Buffer) {
    let x = input.hostForReading()
    prepareScale()
    let constant = spec.region == .withinChannel ? 1 : Double(spec.k)
    let squares = (0..<count).map { Double(x[$0]) * Double(x[$0]) }
    sumOverNeighbours(squares) { i, sum in scale[i] = constant + factor * sum }
    let y = output.hostForOverwriting()
    for i in 0..<count { y[i] = Float(Double(x[i]) * pow(scale[i], -Double(spec.beta))) }
  }

  /// dx = dy · scale^−beta − 2 · beta · alpha / n · x · Σ dy · y / scale.
  func backward(input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    prepareScale()
    let x = input.hostForReading()
    let y = output.hostForReading()
    let dy = outputGradient.hostForReading()
    let ratios = (0..<count).map { Double(dy[$0]) * Double(y[$0]) / scale[$0] }
    let dx = inputGradient.hostForOverwriting()
    let beta = Double(spec.beta)
    sumOverNeighbours(ratios) { i, sum in
      let own = Double(dy[i]) * pow(scale[i], -beta)
      dx[i] = Float(own - 2 * factor * beta * Double(x[i]) * sum)
    }
  }

  private func sumOverNeighbours(_ values: [Double], _ body: (_ index: Int, _ sum: Double) -> Void) {
    for image in 0..<spec.images {
      for channel in 0..<spec.channels {
        for y in 0..<spec.height {
          for x in 0..<spec.width {
            let index = ((image * spec.channels + channel) * spec.height + y) * spec.width + x
            body(index, neighbourSum(values, image: image, channel: channel, y: y, x: x))
          }
        }
      }
    }
  }

  private func neighbourSum(_ values: [Double], image: Int, channel: Int, y: Int, x: Int) -> Double {
    var sum = 0.0
    switch spec.region {
    case .acrossChannels:
      for other in around(channel, limit: spec.channels) {
        sum += values[(image * spec.channels + other) * plane + y * spec.width + x]
      }
    case .withinChannel:
      let start = (image * spec.channels + channel) * plane
      for row in around(y, limit: spec.height) {
        for column in around(x, limit: spec.width) { sum += values[start + row * spec.width + column] }
      }
    }
    return sum
  }

  private func around(_ center: Int, limit: Int) -> Range<Int> {
    let reach = (spec.size - 1) / 2
    return max(0, center - reach)..<min(limit, center + reach + 1)
  }
}
