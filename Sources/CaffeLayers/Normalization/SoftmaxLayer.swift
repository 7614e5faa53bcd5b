import CaffeCore
import CaffeNet
import CaffeProto

/// Scores made probabilities: y_c = e^{x_c} / Σ_k e^{x_k} over the channels, the largest x subtracted first.
///
/// Bottom of any shape; top of the same shape, whose values along `axis` add up to 1.
///
/// `softmax_param`:
/// - `axis` (1): the axis of the channels; negative ones count from the end.
/// - `engine`: accepted, means nothing.
///
/// Gradient: dx = (dy − Σ_c dy_c · y_c) · y.
///
/// Errors: no such axis.
///
/// Source: Caffe's Softmax.
///
/// ```
/// layer {
///   name: "prob"
///   type: "Softmax"
///   bottom: "scores"
///   top: "prob"
/// }
/// ```
package final class SoftmaxLayer: Layer {
  package override class var typeName: String { "Softmax" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var allowsInPlace: Bool { true }

  private let axis: Int
  private var channels = ChannelSpec(outer: 0, channels: 0, inner: 0)

  /// Keeps `softmax_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    axis = Int(parameter.softmaxParam.axis)
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    channels = try ChannelSpec(bottom[0].shape, axis: axis)
    top[0].reshape(to: bottom[0].shape)
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.softmax(channels, input: bottom[0].data, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    engine.softmaxBackward(
      channels, output: top[0].data, outputGradient: top[0].diff, inputGradient: bottom[0].diff)
  }
}
