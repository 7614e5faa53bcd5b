import CaffeCore
import CaffeNet
import CaffeProto

/// Values times factors, which are learned or another blob, spread over the axes that they don't cover: y = s · x, or y = s · x + b.
///
/// Bottoms: x; if wanted, s, whose extents are those of x from `axis` on, or which has no axes. Without it s is a parameter. Top: the
/// shape of x. May run in-place.
///
/// `scale_param`:
/// - `axis` (1): the first axis of x that s covers; negative ones count from the end.
/// - `num_axes` (1): how many axes a learned s covers; -1 for all from `axis` on, 0 for a single factor.
/// - `filler` (constant 1): the first values of s.
/// - `bias_term` (false): whether b, of the shape of s, is learned and added.
/// - `bias_filler` (constant 0): its first values.
///
/// Parameters: s, unless it is a bottom; b, if wanted.
///
/// Gradient: dx = s · dy; ds = Σ x · dy and db = Σ dy over the axes that s doesn't cover, added to those of parameters.
///
/// Errors: no such axes; a shape of s that doesn't fit.
///
/// Source: Caffe's Scale.
///
/// ```
/// layer {
///   name: "scale1"
///   type: "Scale"
///   bottom: "x"
///   top: "y"
///   scale_param { bias_term: true }
/// }
/// ```
package final class ScaleLayer: Layer {
  package override class var typeName: String { "Scale" }
  package override class var ports: Ports { Ports(bottoms: 1...2, tops: 1...1) }
  package override class var reshapesByShapesAlone: Bool { true }
  package override class var allowsInPlace: Bool { true }

  private let axes: BroadcastAxes
  private let filler: Filler
  private let biasFiller: Filler?
  private var channels = ChannelSpec(outer: 0, channels: 0, inner: 0)
  /// What the bottom held before an in-place forward.
  private let input = Buffer()

  /// Checks `scale_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.scaleParam
    axes = try BroadcastAxes(axis: message.axis, count: message.numAxes)
    var ones = FillerParameter()
    ones.value = 1
    filler = try Filler(message.hasFiller ? message.filler : ones, layer: parameter.name)
    biasFiller = message.biasTerm ? try Filler(message.biasFiller, layer: parameter.name) : nil
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    var factors = bottom.last?.shape ?? []
    if bottom.count == 1 {
      factors = try axes.parameterShape(for: bottom[0].shape)
      blobs = [try makeParameter(factors, filler, purpose: "scale")]
    }
    if let biasFiller { blobs.append(try makeParameter(factors, biasFiller, purpose: "bias")) }
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let factors = scale(bottom).shape
    channels = try axes.channels(
      of: bottom[0].shape, covered: factors, name: bottom.count > 1 ? "bottom 1" : "its parameter")
    if let bias = blobs.last, biasFiller != nil, bias.shape != factors {
      throw error(
        .shape,
        "bottom 1 has the shape \(factors), but the bias was made for \(bias.shape); keep the shape of bottom 1")
    }
    top[0].reshape(to: bottom[0].shape)
  }

  /// Whether the layer has learned factors, one for each channel of `blob`, whose channels are axis 1.
  func scalesChannels(of blob: Blob) -> Bool {
    let shape = blob.shape
    return blobs.count == (biasFiller == nil ? 1 : 2) && shape.axisCount > 1 && blobs[0].shape == [shape[1]]
      && channels == ChannelSpec(outer: shape[0], channels: shape[1], inner: shape.count(from: 2))
  }

  /// The learned terms, if there are any.
  var shift: Blob? { biasFiller == nil ? nil : blobs.last }

  private func scale(_ bottom: [Blob]) -> Blob { bottom.count > 1 ? bottom[1] : blobs[0] }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    if bottom[0] === top[0] {
      input.resize(to: channels.count)
      engine.copy(bottom[0].data, to: input, count: channels.count)
    }
    engine.scaleChannels(
      channels, input: bottom[0].data, scale: scale(bottom).data, shift: biasFiller == nil ? nil : blobs.last?.data,
      output: top[0].data)
  }

  /// The bottom's gradient comes last: in-place, it takes the place of the top's.
  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if biasFiller != nil, let bias = blobs.last, wantsGradient(ofParameter: blobs.count - 1) {
      engine.sumChannels(channels, top[0].diff, times: nil, alpha: 1, beta: 1, into: bias.diff)
    }
    let isLearned = bottom.count == 1
    if isLearned ? wantsGradient(ofParameter: 0) : propagateDown[1] {
      engine.sumChannels(
        channels, top[0].diff, times: bottom[0] === top[0] ? input : bottom[0].data, alpha: 1, beta: isLearned ? 1 : 0,
        into: scale(bottom).diff)
    }
    guard propagateDown[0] else { return }
    engine.scaleChannels(
      channels, input: top[0].diff, scale: scale(bottom).data, shift: nil, output: bottom[0].diff)
  }
}
