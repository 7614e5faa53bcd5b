/// Losses by the logarithms of probabilities.
///
/// Probabilities below 1e-20 count as 1e-20, as in Caffe.
public protocol InformationLossOps {
  /// Computes `Σ −ln p[label] / outer`.
  ///
  /// `labels` holds `outer × inner` values, `loss` one.
  /// - Throws: `InvalidLabel` when a label is no index of a channel.
  func multinomialLoss(_ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, loss: Buffer) throws

  /// Computes the gradient of the probabilities: `−lossGradient[0] / (outer · p)` at the label, 0 elsewhere.
  func multinomialLossBackward(
    _ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer)

  /// Computes `Σ −H[label, c] · ln p[c] / normalizer` over places and channels.
  ///
  /// `matrix` is H, channels × channels; the identity gives the multinomial logistic loss, weights on its diagonal weigh
  /// classes, ones beside the diagonal smooth labels. `labels` holds `outer × inner` values; `loss` and `normalizer` one each.
  /// The normalizer is what `backward` divides by.
  /// - Throws: `InvalidLabel` when a label is no index of a channel and not the ignored one.
  func infogainLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, loss: Buffer, normalizer: Buffer
  ) throws

  /// Computes the gradient of the scores that the probabilities came from by a softmax:
  /// `(p[c] · Σ_d H[label, d] − H[label, c]) · lossGradient[0] / normalizer[0]`, 0 where the label is ignored.
  func infogainLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer)
}

extension ChannelSpec {
  /// The least that a probability counts as.
  package static var leastProbability: Float { 1e-20 }
}
