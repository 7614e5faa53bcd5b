import CaffeCore
import CaffeNet
import CaffeProto

/// How often the true class is among the highest scores.
///
/// y = found / n, where a label is found when fewer than `top_k` other scores are at least as high as its own, and n is the labels
/// that aren't ignored.
///
/// Bottoms: scores of any shape; labels, whole numbers from 0 to channels − 1, one for each place outside the channel axis.
/// Tops: the share, a scalar; if wanted, the share for each class (0 for one without labels), as many values as channels.
///
/// `accuracy_param`:
/// - `top_k` (1): how many scores count, at most the channels.
/// - `axis` (1): the axis of the channels; negative ones count from the end.
/// - `ignore_label` (none): a label that counts for nothing.
///
/// Gradient: none.
///
/// Errors: a number of labels that doesn't fit; `top_k` 0 or above the channels; a label outside its range, which names the
/// record; a loss weight.
///
/// Source: Caffe's Accuracy. Unlike there, labels are always checked.
///
/// ```
/// layer {
///   name: "accuracy"
///   type: "Accuracy"
///   bottom: "scores"
///   bottom: "label"
///   top: "accuracy"
///   include { phase: TEST }
/// }
/// ```
package final class AccuracyLayer: Layer {
  private struct Spec {
    var axis: Int
    var topK: Int
    var ignoredLabel: Int?
  }

  package override class var typeName: String { "Accuracy" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...2) }

  private let spec: Spec
  private var geometry = AccuracySpec(shape: ChannelSpec(outer: 0, channels: 0, inner: 0))

  /// Checks `accuracy_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try parameter.refuseClassWeights()
    let message = parameter.accuracyParam
    guard message.topK > 0, message.topK <= UInt32(Int32.max) else {
      throw CaffeError(.value, "top_k is \(message.topK); give 1 or more", layer: parameter.name)
    }
    spec = Spec(
      axis: Int(message.axis), topK: Int(message.topK),
      ignoredLabel: message.hasIgnoreLabel ? Int(message.ignoreLabel) : nil)
    try super.init(parameter, context: context)
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { false }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let channels = try ChannelSpec(bottom[0].shape, axis: spec.axis)
    try checkLabels(bottom, channels)
    guard spec.topK <= channels.channels else {
      throw error(
        .value, "top_k is \(spec.topK), but there are \(channels.channels) classes; give at most \(channels.channels)")
    }
    geometry = AccuracySpec(shape: channels, topK: spec.topK, ignoredLabel: spec.ignoredLabel)
    top[0].reshape(to: [])
    if top.count > 1 { top[1].reshape(to: [channels.channels]) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    try engine.accuracy(
      geometry, scores: bottom[0].data, labels: bottom[1].data, result: top[0].data,
      perClass: top.count > 1 ? top[1].data : nil)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown.contains(true) { throw noGradient("an Accuracy layer has no gradient") }
  }
}
