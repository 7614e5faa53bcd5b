import CaffeCore
import CaffeNet
import CaffeProto

/// A multinomial logistic loss of a softmax in which a matrix H weighs every pair of a true class and a class.
///
/// loss = −1/n · Σ Σ_c H[label, c] · ln p[c], p = softmax(x) over the channels. With the identity it is SoftmaxWithLoss;
/// other values on the diagonal weigh classes, values beside it smooth labels.
///
/// Bottoms: scores of any shape; labels, whole numbers from 0 to K − 1, one for each place outside the channel axis, K
/// channels; H, K × K values, row by row, unless a file gives them.
/// Tops: the loss, a scalar with the loss weight 1; if wanted, the probabilities, in the shape of the scores.
///
/// `infogain_loss_param`:
/// - `source` (none): a `.binaryproto` file with H, needed where there is no third bottom.
/// - `axis` (1): the axis of the channels; negative ones count from the end.
///
/// `loss_param`:
/// - `ignore_label` (none): a label that counts for nothing.
/// - `normalization` (VALID): n is the labels that aren't ignored (VALID), all of them (FULL), the extents before the channel axis
///   (BATCH_SIZE), or 1 (NONE); never less than 1.
/// - `normalize`: the older form: true is VALID, false BATCH_SIZE. `normalization` wins.
///
/// Gradient: dx = loss weight / n · (p · Σ_c H[label, c] − H[label]), 0 where the label is ignored. Labels and H have none.
///
/// Errors: no matrix; a matrix of another size; a file that is missing or isn't a blob; a number of labels that doesn't fit; a label
/// outside its range, which names the record; a gradient for labels or the matrix.
///
/// Source: Caffe's InfogainLoss. Unlike there, labels are always checked, and with a third bottom `source` isn't read.
///
/// ```
/// layer {
///   name: "loss"
///   type: "InfogainLoss"
///   bottom: "scores"
///   bottom: "label"
///   top: "loss"
///   infogain_loss_param { source: "infogain.binaryproto" }
/// }
/// ```
package final class InfogainLossLayer: Layer {
  private struct Spec {
    var source: String
    var axis: Int
    var ignoredLabel: Int?
    var normalization: SoftmaxLossSpec.Normalization
  }

  package override class var typeName: String { "InfogainLoss" }
  package override class var ports: Ports { Ports(bottoms: 2...3, tops: 1...2, fillsTops: true) }

  private let spec: Spec
  private var geometry = SoftmaxLossSpec(shape: ChannelSpec(outer: 0, channels: 0, inner: 0))
  private let ownProbabilities = Buffer()
  private let normalizer = Buffer(count: 1)
  /// H from the file.
  private var storedMatrix: Blob?

  /// Checks `infogain_loss_param` and `loss_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    try parameter.refuseClassWeights()
    let message = parameter.infogainLossParam
    let loss = parameter.lossParam
    spec = Spec(
      source: message.source, axis: Int(message.axis), ignoredLabel: loss.hasIgnoreLabel ? Int(loss.ignoreLabel) : nil,
      normalization: SoftmaxLossSpec.Normalization(loss))
    try super.init(parameter, context: context)
    guard parameter.bottom.count > 2 || !spec.source.isEmpty else {
      throw error(
        .field, "has no matrix; name a file in infogain_loss_param { source: … } or give it as a third bottom")
    }
  }

  package override func defaultLossWeight(of index: Int) -> Float { index == 0 ? 1 : 0 }

  package override func allowsForcedBackward(to index: Int) -> Bool { index == 0 }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    guard bottom.count < 3 else { return }
    let message = try BinaryProto.read(BlobProto.self, file: context.path(spec.source)).message
    do {
      let matrix = Blob(try Shape(validating: message.axes.map { Int($0) }))
      try matrix.setData(message.values())
      storedMatrix = matrix
    } catch let fault as CaffeError {
      throw CaffeError(fault.code, file: spec.source, fault.message)
    }
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let channels = try ChannelSpec(bottom[0].shape, axis: spec.axis)
    try checkLabels(bottom, channels)
    let (size, overflow) = channels.channels.multipliedReportingOverflow(by: channels.channels)
    if let matrix = matrix(bottom), overflow || matrix.count != size {
      let place = bottom.count > 2 ? "bottom 2" : "the matrix in \(spec.source)"
      throw error(
        .shape,
        "\(place) has the shape \(matrix.shape), but bottom 0, of shape \(bottom[0].shape), has \(channels.channels) channels; "
          + "give a matrix of \(channels.channels) × \(channels.channels)")
    }
    geometry = SoftmaxLossSpec(
      shape: channels, ignoredLabel: spec.ignoredLabel, normalization: spec.normalization)
    top[0].reshape(to: [])
    if top.count > 1 {
      top[1].reshape(to: bottom[0].shape)
    } else {
      ownProbabilities.resize(to: channels.count)
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    guard let matrix = matrix(bottom) else { return }
    engine.softmax(geometry.shape, input: bottom[0].data, output: probabilities(top))
    try engine.infogainLoss(
      geometry, probabilities: probabilities(top), labels: bottom[1].data, matrix: matrix.data, loss: top[0].data,
      normalizer: normalizer)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    if propagateDown[1] { throw noGradient("the labels (bottom 1) of an InfogainLoss have no gradient") }
    if propagateDown.count > 2, propagateDown[2] {
      throw noGradient("the matrix (bottom 2) of an InfogainLoss has no gradient")
    }
    guard propagateDown[0], let matrix = matrix(bottom) else { return }
    engine.infogainLossBackward(
      geometry, probabilities: probabilities(top), labels: bottom[1].data, matrix: matrix.data,
      lossGradient: top[0].diff, normalizer: normalizer, inputGradient: bottom[0].diff)
  }

  private func matrix(_ bottom: [Blob]) -> Blob? { bottom.count > 2 ? bottom[2] : storedMatrix }

  private func probabilities(_ top: [Blob]) -> Buffer { top.count > 1 ? top[1].data : ownProbabilities }
}
