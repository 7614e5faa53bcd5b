import CaffeCore
import CaffeNet

/// The weights and the bias of a convolution with a normalization by averages and a scale folded into them: all of these multiply and
/// shift channels.
final class FoldedWeights {
  let weights = Buffer()
  let bias = Buffer()
  private let factors = Buffer()
  /// What they were made from, as it was then.
  private var sources: [(buffer: Buffer, version: UInt64)] = []

  /// Makes them anew if a parameter has changed.
  func update(_ layer: ConvolutionLayer, norm: BatchNormLayer?, scale: ScaleLayer?) {
    let parameters = (layer.blobs + (norm?.blobs ?? []) + (scale?.blobs ?? [])).map(\.data)
    // Looking at values may set them first, which changes versions.
    for parameter in parameters { parameter.read { _ in } }
    let isCurrent =
      parameters.count == sources.count
      && zip(parameters, sources).allSatisfy { $0 === $1.buffer && $0.version == $1.version }
    guard !isCurrent else { return }
    sources = parameters.map { ($0, $0.version) }
    let channels = layer.spec.outputs
    var factor = [Double](repeating: 1, count: channels)
    var shift = layer.spec.hasBias ? layer.blobs[1].data.values.map(Double.init) : factor.map { _ in 0 }
    if let norm { norm.fold(&factor, &shift) }
    if let scale { scale.fold(&factor, &shift) }
    factors.resize(to: channels)
    factors.set(factor.map { Float($0) })
    bias.resize(to: channels)
    bias.set(shift.map { Float($0) })
    weights.resize(to: layer.blobs[0].count)
    let rows = ChannelSpec(outer: 1, channels: channels, inner: layer.blobs[0].count / max(channels, 1))
    layer.engine.scaleChannels(rows, input: layer.blobs[0].data, scale: factors, shift: nil, output: weights)
  }
}

extension BatchNormLayer {
  /// Makes `factor · x + shift` what the layer makes of it by its averages.
  fileprivate func fold(_ factor: inout [Double], _ shift: inout [Double]) {
    let (means, variances, divisor) = (blobs[0].data.values, blobs[1].data.values, blobs[2].data[0])
    for c in factor.indices {
      // As divide(_:byScalar:output:count:) has it: nothing was averaged yet.
      let mean = divisor == 0 ? 0 : Double(means[c] / divisor)
      let variance = divisor == 0 ? 0 : Double(variances[c] / divisor)
      let reciprocal = 1 / (variance + Double(epsilon)).squareRoot()
      factor[c] *= reciprocal
      shift[c] = (shift[c] - mean) * reciprocal
    }
  }
}

extension ScaleLayer {
  /// Makes `factor · x + shift` what the layer makes of it.
  fileprivate func fold(_ factor: inout [Double], _ shift: inout [Double]) {
    let scales = blobs[0].data.values
    let shifts = self.shift?.data.values
    for c in factor.indices {
      factor[c] *= Double(scales[c])
      shift[c] = shift[c] * Double(scales[c]) + Double(shifts?[c] ?? 0)
    }
  }
}
