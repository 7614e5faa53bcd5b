import CaffeCore
import CaffeNet
import CaffeProto

/// Terms added, which are learned or another blob, spread over the axes that they don't cover: y = x + b.
///
/// Bottoms: x; if wanted, b, whose extents are those of x from `axis` on, or which has no axes. Without it b is a parameter. Top: the
/// shape of x. May run in-place.
///
/// `bias_param`:
/// - `axis` (1): the first axis of x that b covers; negative ones count from the end.
/// - `num_axes` (1): how many axes a learned b covers; -1 for all from `axis` on, 0 for a single term.
/// - `filler` (constant 0): the first values of b.
///
/// Parameter: b, unless it is a bottom.
///
/// Gradient: dx = dy; db = Σ dy over the axes that b doesn't cover, added to that of a parameter.
///
/// Errors: no such axes; a shape of b that doesn't fit.
///
/// Source: Caffe's Bias.
///
/// ```
/// layer {
///   name: "bias1"
///   type: "Bias"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class BiasLayer: Layer {
  package override class var typeName: String { "Bias" }
  package override class var ports: Ports { Ports(bottoms: 1...2, tops: 1...1) }
  package override class var allowsInPlace: Bool { true }

  private let axes: BroadcastAxes
  private let filler: Filler
  private var channels = ChannelSpec(outer: 0, channels: 0, inner: 0)

  /// Checks `bias_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.biasParam
    axes = try BroadcastAxes(axis: message.axis, count: message.numAxes)
    filler = try Filler(message.filler, layer: parameter.name)
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    guard bottom.count == 1 else { return }
    blobs = [try makeParameter(try axes.parameterShape(for: bottom[0].shape), filler, purpose: "bias")]
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    channels = try axes.channels(
      of: bottom[0].shape, covered: terms(bottom).shape, name: bottom.count > 1 ? "bottom 1" : "its parameter")
    top[0].reshape(to: bottom[0].shape)
  }

  private func terms(_ bottom: [Blob]) -> Blob { bottom.count > 1 ? bottom[1] : blobs[0] }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.scaleChannels(
      channels, input: bottom[0].data, scale: nil, shift: terms(bottom).data, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    let isLearned = bottom.count == 1
    if isLearned ? wantsGradient(ofParameter: 0) : propagateDown[1] {
      engine.sumChannels(
        channels, top[0].diff, times: nil, alpha: 1, beta: isLearned ? 1 : 0, into: terms(bottom).diff)
    }
    if propagateDown[0], bottom[0] !== top[0] {
      engine.copy(top[0].diff, to: bottom[0].diff, count: channels.count)
    }
  }
}
