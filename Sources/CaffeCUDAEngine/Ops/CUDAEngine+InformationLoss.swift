import CCUDA
import CaffeCore

extension CUDAEngine: InformationLossOps {
  /// Computes `Σ −ln p[label] / outer`.
  ///
  /// - Throws: `InvalidLabel` when a label that the host knows is no index of a channel; others are reported later.
  public func multinomialLoss(_ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, loss: Buffer) throws {
    let form = try self.labels(shape, labels)
    let (p, wanted) = (read(probabilities), read(labels))
    let places = shape.outer * shape.inner
    guard let target = self.loss(loss, nil, by: .number(Double(max(shape.outer, 1)))) else { return }
    device.launch(
      .multinomialLoss, .sum(over: places), p, wanted, places, ChannelSpec.leastProbability, form, target)
  }

  /// Computes the gradient of the probabilities: `−lossGradient[0] / (outer · p)` at the label, 0 elsewhere.
  public func multinomialLossBackward(
    _ shape: ChannelSpec, probabilities: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    guard shape.count > 0 else { return }
    let (p, wanted, dy) = (read(probabilities), read(labels), read(lossGradient))
    device.launch(
      .multinomialLossBackward, .over(shape.count), p, wanted, dy, write(inputGradient, shape.count), shape.count,
      ChannelSpec.leastProbability, Float(max(shape.outer, 1)), knownLabels(shape))
  }

  /// Computes `Σ −H[label, c] · ln p[c] / normalizer` over places and channels.
  ///
  /// - Throws: `InvalidLabel` when a label that the host knows is no index of a channel and not the ignored one; others are
  ///   reported later.
  public func infogainLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, loss: Buffer, normalizer: Buffer
  ) throws {
    let shape = spec.shape
    let form = try self.labels(shape, labels, ignored: spec.ignoredLabel)
    let (p, wanted, h) = (read(probabilities), read(labels), read(matrix))
    let divisor = spec.normalization.lossDivisor(all: shape.outer * shape.inner, images: shape.outer)
    guard let target = self.loss(loss, normalizer, by: divisor) else { return }
    device.launch(
      .infogainLoss, .sum(over: shape.count), p, wanted, h, shape.count, ChannelSpec.leastProbability, form, target)
  }

  /// Computes the gradient of the scores that the probabilities came from by a softmax.
  public func infogainLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, matrix: Buffer, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    guard shape.count > 0 else { return }
    let (p, wanted, h) = (read(probabilities), read(labels), read(matrix))
    let (dy, divisor) = (read(lossGradient), read(normalizer))
    guard let rowSums = device.room(shape.channels * MemoryLayout<Float>.stride) else { return }
    let rows = ChannelSpec(outer: 1, channels: shape.channels, inner: shape.channels)
    sum(CAFFE_SUM_PLAIN, rows, h, h, alpha: 1, beta: 0, into: rowSums)
    device.launch(
      .infogainLossBackward, .over(shape.count), p, wanted, h, rowSums, dy, divisor,
      write(inputGradient, shape.count), shape.count, knownLabels(shape, ignored: spec.ignoredLabel))
  }
}

extension CUDAEngine: SigmoidCrossEntropyOps {
  /// Computes `Σ (max(x, 0) − x · t + ln(1 + e^−|x|)) / normalizer` over the targets that aren't ignored.
  public func sigmoidCrossEntropy(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, loss: Buffer, normalizer: Buffer
  ) {
    let (x, t) = (read(scores), read(targets))
    let divisor = spec.normalization.lossDivisor(all: spec.count, images: spec.images)
    guard let target = self.loss(loss, normalizer, by: divisor) else { return }
    device.launch(.sigmoidCrossEntropy, .sum(over: spec.count), x, t, spec.count, self.targets(of: spec), target)
  }

  /// Computes `inputGradient = (σ(x) − t) · lossGradient[0] / normalizer[0]`, 0 where the target is ignored.
  public func sigmoidCrossEntropyBackward(
    _ spec: SigmoidCrossEntropySpec, scores: Buffer, targets: Buffer, lossGradient: Buffer, normalizer: Buffer,
    inputGradient: Buffer
  ) {
    guard spec.count > 0 else { return }
    let (x, t, dy, divisor) = (read(scores), read(targets), read(lossGradient), read(normalizer))
    device.launch(
      .sigmoidCrossEntropyBackward, .over(spec.count), x, t, dy, divisor, write(inputGradient, spec.count),
      spec.count, self.targets(of: spec))
  }

  private func targets(of spec: SigmoidCrossEntropySpec) -> caffe_gpu_labels {
    knownLabels(ChannelSpec(outer: spec.images, channels: spec.length, inner: 1), ignored: spec.ignoredLabel)
  }
}

extension CUDAEngine: ContrastiveLossOps {
  /// Computes `Σ l / (2 · pairs)`, l by the distance of the pair and whether it is similar.
  public func contrastiveLoss(_ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, loss: Buffer) {
    let (x, y, s) = (read(a), read(b), read(similar))
    guard let target = self.loss(loss, nil, by: .number(Double(2 * max(spec.pairs, 1)))) else { return }
    device.launch(
      .contrastiveLoss, .sum(over: spec.pairs * 32), x, y, s, Int32(spec.pairs), Int32(spec.length), spec.margin,
      Int32(spec.isLegacy ? 1 : 0), target)
  }

  /// Computes the gradients of both sides, each where it is wanted.
  public func contrastiveLossBackward(
    _ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, lossGradient: Buffer, aGradient: Buffer?,
    bGradient: Buffer?
  ) {
    let count = spec.pairs * spec.length
    guard count > 0 else { return }
    let (x, y, s, g) = (read(a), read(b), read(similar), read(lossGradient))
    let dx = aGradient.map { write($0, count) } ?? 0
    let dy = bGradient.map { write($0, count) } ?? 0
    device.launch(
      .contrastiveLossBackward, .warps(spec.pairs), x, y, s, g, dx, dy, Int32(spec.pairs), Int32(spec.length),
      spec.margin, Int32(spec.isLegacy ? 1 : 0))
  }
}

extension Kernel {
  fileprivate static let multinomialLoss = Kernel("loss", "multinomial_loss")
  fileprivate static let multinomialLossBackward = Kernel("loss", "multinomial_loss_backward")
  fileprivate static let infogainLoss = Kernel("loss", "infogain_loss")
  fileprivate static let infogainLossBackward = Kernel("loss", "infogain_loss_backward")
  fileprivate static let sigmoidCrossEntropy = Kernel("loss", "sigmoid_cross_entropy")
  fileprivate static let sigmoidCrossEntropyBackward = Kernel("loss", "sigmoid_cross_entropy_backward")
  fileprivate static let contrastiveLoss = Kernel("loss", "contrastive_loss")
  fileprivate static let contrastiveLossBackward = Kernel("loss", "contrastive_loss_backward")
}
