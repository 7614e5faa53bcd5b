import CaffeCore
import CaffeNet
import CaffeProto

/// The rectifier with learned slopes below 0: y = max(x, 0) + a_c · min(x, 0).
///
/// Bottom: `n × channels × …`; top of the same shape. May run in-place; it then keeps a copy of the bottom.
///
/// `prelu_param`:
/// - `filler` (constant 0.25): the first slopes.
/// - `channel_shared` (false): whether all channels have one slope.
///
/// Parameter: a, of `channels`, or a scalar where it is shared.
///
/// Gradient: dx = dy where x > 0, otherwise a_c · dy; da_c += Σ dy · min(x, 0).
///
/// Errors: fewer than two axes; another number of channels than before.
///
/// Source: He et al., "Delving deep into rectifiers", 2015; Caffe's PReLU.
///
/// ```
/// layer {
///   name: "prelu1"
///   type: "PReLU"
///   bottom: "x"
///   top: "y"
/// }
/// ```
package final class PReLULayer: Layer {
  package override class var typeName: String { "PReLU" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var allowsInPlace: Bool { true }

  private let isShared: Bool
  private let filler: Filler
  private var channels = ChannelSpec(outer: 0, channels: 0, inner: 0)
  /// What the bottom held before an in-place forward.
  private let input = Buffer()

  /// Checks `prelu_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.preluParam
    var quarter = FillerParameter()
    quarter.value = 0.25
    isShared = message.channelShared
    filler = try Filler(message.hasFiller ? message.filler : quarter, layer: parameter.name)
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    try checkHasChannels(bottom[0].shape)
    blobs = [try makeParameter(isShared ? [] : [bottom[0].shape[1]], filler, purpose: "slopes")]
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    try checkHasChannels(shape)
    guard isShared || shape[1] == blobs[0].count else {
      throw error(
        .shape,
        "bottom 0 has the shape \(shape), \(shape[1]) channels; its slopes of shape \(blobs[0].shape) need \(blobs[0].count)"
      )
    }
    channels =
      isShared ? ChannelSpec(outer: 1, channels: 1, inner: shape.count) : try ChannelSpec(shape, axis: 1)
    top[0].reshape(to: shape)
  }

  private func checkHasChannels(_ shape: Shape) throws {
    guard shape.axisCount >= 2 else {
      throw error(.shape, "bottom 0 has the shape \(shape); expected two axes or more, images and channels first")
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    if bottom[0] === top[0] {
      input.resize(to: channels.count)
      engine.copy(bottom[0].data, to: input, count: channels.count)
    }
    engine.prelu(channels, input: bottom[0].data, slopes: blobs[0].data, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    let x = bottom[0] === top[0] ? input : bottom[0].data
    if wantsGradient(ofParameter: 0) {
      engine.preluSlopeBackward(channels, input: x, outputGradient: top[0].diff, slopeGradient: blobs[0].diff)
    }
    guard propagateDown[0] else { return }
    engine.preluBackward(
      channels, input: x, slopes: blobs[0].data, outputGradient: top[0].diff, inputGradient: bottom[0].diff)
  }
}
