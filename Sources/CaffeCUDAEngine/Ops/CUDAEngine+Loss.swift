import CCUDA
import CaffeCore

extension CUDAEngine: LossOps {
  /// Computes the multinomial logistic loss of probabilities and what it is divided by.
  ///
  /// - Throws: `InvalidLabel` when a label that the host knows is no index of a channel and not the ignored one; others are
  ///   reported later.
  public func softmaxLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, loss: Buffer,
    normalizer: Buffer
  ) throws {
    let shape = spec.shape
    let form = try self.labels(shape, labels, ignored: spec.ignoredLabel)
    let (p, wanted, weights) = (read(probabilities), read(labels), classWeights.map { read($0) } ?? 0)
    let places = shape.outer * shape.inner
    var divisor = spec.normalization.lossDivisor(all: places, images: shape.outer)
    if classWeights != nil, spec.normalization == .valid { divisor = .weight }
    guard let target = self.loss(loss, normalizer, by: divisor) else { return }
    let work = spec.labelSmoothing > 0 ? shape.count : places
    device.launch(
      .softmaxLoss, .sum(over: work), p, wanted, weights, places, shape.count, spec.labelSmoothing, form, target)
  }

  /// Computes the gradient of the scores that the probabilities came from.
  public func softmaxLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    guard shape.count > 0 else { return }
    let (p, wanted, weights) = (read(probabilities), read(labels), classWeights.map { read($0) } ?? 0)
    let (dy, divisor) = (read(lossGradient), read(normalizer))
    var weightSum: UInt64 = 0
    if classWeights != nil, spec.labelSmoothing > 0 {
      guard let room = device.room(256) else { return }
      weightSum = room
      let all = ChannelSpec(outer: 1, channels: 1, inner: shape.channels)
      sum(CAFFE_SUM_PLAIN, all, weights, weights, alpha: 1, beta: 0, into: weightSum)
    }
    device.launch(
      .softmaxLossBackward, .over(shape.count), p, wanted, weights, weightSum, dy, divisor,
      write(inputGradient, shape.count), shape.count, spec.labelSmoothing,
      knownLabels(shape, ignored: spec.ignoredLabel))
  }

  /// Computes the share of labels that are among the `topK` highest scores and, where `perClass` is given, that share for each
  /// class.
  ///
  /// - Throws: `InvalidLabel` when a label that the host knows is no index of a channel and not the ignored one; others are
  ///   reported later.
  public func accuracy(
    _ spec: AccuracySpec, scores: Buffer, labels: Buffer, result: Buffer, perClass: Buffer?
  ) throws {
    let shape = spec.shape
    let form = try self.labels(shape, labels, ignored: spec.ignoredLabel)
    let (x, wanted) = (read(scores), read(labels))
    let places = shape.outer * shape.inner
    guard let found = device.room(max(places, 1) * MemoryLayout<Int32>.stride) else { return }
    // Channels side by side are read by a warp.
    let lanes = shape.inner == 1 ? 32 : 1
    if places > 0 {
      device.launch(
        .findLabels, lanes == 1 ? .over(places) : .warps(places), x, wanted, found, places, Int32(lanes),
        Int32(truncatingIfNeeded: min(spec.topK, Int(Int32.max))), form)
    }
    let target = write(result, 1)
    let shares = perClass.map { write($0, shape.channels) } ?? 0
    device.launch(
      .foundShare, .blocks(1 + (perClass == nil ? 0 : shape.channels), of: 256), found, places, target, shares)
  }
}

extension CUDAEngine: HingeLossOps {
  /// Computes `Σ m / outer` (L1) or `Σ m² / outer` (L2) of the margins.
  ///
  /// - Throws: `InvalidLabel` when a label that the host knows is no index of a channel; others are reported later.
  public func hingeLoss(_ spec: HingeLossSpec, scores: Buffer, labels: Buffer, loss: Buffer) throws {
    let shape = spec.shape
    let form = try self.labels(shape, labels)
    let (x, wanted) = (read(scores), read(labels))
    guard let target = self.loss(loss, nil, by: .number(Double(max(shape.outer, 1)))) else { return }
    device.launch(.hingeLoss, .sum(over: shape.count), x, wanted, shape.count, spec.squares, form, target)
  }

  /// Computes the gradient of the scores.
  public func hingeLossBackward(
    _ spec: HingeLossSpec, scores: Buffer, labels: Buffer, lossGradient: Buffer, inputGradient: Buffer
  ) {
    let shape = spec.shape
    guard shape.count > 0 else { return }
    let (x, wanted, dy) = (read(scores), read(labels), read(lossGradient))
    device.launch(
      .hingeLossBackward, .over(shape.count), x, wanted, dy, write(inputGradient, shape.count), shape.count,
      spec.squares, Float(max(shape.outer, 1)), knownLabels(shape))
  }
}

extension HingeLossSpec {
  fileprivate var squares: Int32 { norm == .l2 ? 1 : 0 }
}

extension Kernel {
  fileprivate static let softmaxLoss = Kernel("loss", "softmax_loss")
  fileprivate static let softmaxLossBackward = Kernel("loss", "softmax_loss_backward")
  fileprivate static let findLabels = Kernel("accuracy", "find_labels")
  fileprivate static let foundShare = Kernel("accuracy", "found_share")
  fileprivate static let hingeLoss = Kernel("loss", "hinge_loss")
  fileprivate static let hingeLossBackward = Kernel("loss", "hinge_loss_backward")
}
