import CaffeCore

/// The upgrade of one layer from V0, where all layer types shared one flat list of fields, to V1.
struct V0Layer {
  let old: V0LayerParameter
  private(set) var new: V1LayerParameter
  /// Fields that were given although the layer's type has no use for them.
  private(set) var misfits: [String] = []

  private typealias Change = (inout V1LayerParameter) -> Void

  /// Takes a connection that has a V0 layer inside.
  init(_ connection: V1LayerParameter) {
    old = connection.layer
    new = connection
    new.clearLayer()
  }

  mutating func upgrade() throws {
    if old.hasName { new.name = old.name }
    if old.hasType { new.type = try type() }
    if !old.blobs.isEmpty { new.blobs = old.blobs }
    if !old.blobsLr.isEmpty { new.blobsLr = old.blobsLr }
    if !old.weightDecay.isEmpty { new.weightDecay = old.weightDecay }
    carryWeights()
    carryWindows()
    carryNeurons()
    carryTransform()
    carryData()
    carryDetection()
  }

  /// Throws an error about fields that the layer's type has no use for; in lenient mode they are dropped.
  func check(_ policy: UnknownFieldPolicy) throws {
    guard policy == .error, !misfits.isEmpty else { return }
    let fields = misfits.map { "\"\($0)\"" }.joined(separator: ", ")
    throw CaffeError(
      .field,
      "a layer of type \"\(old.type)\" has no use for \(fields); remove this, or skip all such fields with --lenient",
      layer: old.hasName ? old.name : nil)
  }

  private func type() throws -> V1LayerParameter.LayerType {
    if let type = LayerTypes.oldest[old.type] { return type }
    let near = NearNames.hint(for: old.type, among: LayerTypes.oldest.keys)
    throw CaffeError(
      .unsupported,
      "unknown layer type \"\(old.type)\" of the oldest form (V0)\(near.isEmpty ? ";" : near) known are "
        + LayerTypes.oldest.keys.sorted().joined(separator: ", ")
        + "; write the net in today's form, \"layer { … }\"",
      layer: old.hasName ? old.name : nil)
  }

  /// Makes the change that belongs to this layer's type, if the field is given.
  private mutating func carry(_ isGiven: Bool, _ field: String, _ changes: [String: Change]) {
    guard isGiven else { return }
    if let change = changes[old.type] { change(&new) } else { misfits.append(field) }
  }

  private mutating func carryWeights() {
    let old = old
    carry(
      old.hasNumOutput, "num_output",
      [
        "conv": { $0.convolutionParam.numOutput = old.numOutput },
        "innerproduct": { $0.innerProductParam.numOutput = old.numOutput }
      ])
    carry(
      old.hasBiasterm, "biasterm",
      [
        "conv": { $0.convolutionParam.biasTerm = old.biasterm },
        "innerproduct": { $0.innerProductParam.biasTerm = old.biasterm }
      ])
    carry(
      old.hasWeightFiller, "weight_filler",
      [
        "conv": { $0.convolutionParam.weightFiller = old.weightFiller },
        "innerproduct": { $0.innerProductParam.weightFiller = old.weightFiller }
      ])
    carry(
      old.hasBiasFiller, "bias_filler",
      [
        "conv": { $0.convolutionParam.biasFiller = old.biasFiller },
        "innerproduct": { $0.innerProductParam.biasFiller = old.biasFiller }
      ])
  }

  private mutating func carryWindows() {
    let old = old
    carry(
      old.hasPad, "pad",
      ["conv": { $0.convolutionParam.pad.append(old.pad) }, "pool": { $0.poolingParam.pad = old.pad }])
    carry(
      old.hasKernelsize, "kernelsize",
      [
        "conv": { $0.convolutionParam.kernelSize.append(old.kernelsize) },
        "pool": { $0.poolingParam.kernelSize = old.kernelsize }
      ])
    carry(old.hasGroup, "group", ["conv": { $0.convolutionParam.group = old.group }])
    carry(
      old.hasStride, "stride",
      [
        "conv": { $0.convolutionParam.stride.append(old.stride) },
        "pool": { $0.poolingParam.stride = old.stride }
      ])
    let method: PoolingParameter.PoolMethod =
      switch old.pool {
      case .max: .max
      case .ave: .ave
      case .stochastic: .stochastic
      }
    carry(old.hasPool, "pool", ["pool": { $0.poolingParam.pool = method }])
  }

  private mutating func carryNeurons() {
    let old = old
    carry(
      old.hasDropoutRatio, "dropout_ratio", ["dropout": { $0.dropoutParam.dropoutRatio = old.dropoutRatio }])
    carry(old.hasLocalSize, "local_size", ["lrn": { $0.lrnParam.localSize = old.localSize }])
    carry(old.hasAlpha, "alpha", ["lrn": { $0.lrnParam.alpha = old.alpha }])
    carry(old.hasBeta, "beta", ["lrn": { $0.lrnParam.beta = old.beta }])
    carry(old.hasK, "k", ["lrn": { $0.lrnParam.k = old.k }])
    carry(old.hasConcatDim, "concat_dim", ["concat": { $0.concatParam.concatDim = old.concatDim }])
  }

  private mutating func carryTransform() {
    if old.hasScale { new.transformParam.scale = old.scale }
    if old.hasMeanfile { new.transformParam.meanFile = old.meanfile }
    if old.hasCropsize { new.transformParam.cropSize = old.cropsize }
    if old.hasMirror { new.transformParam.mirror = old.mirror }
  }

  private mutating func carryData() {
    let old = old
    carry(
      old.hasSource, "source",
      [
        "data": { $0.dataParam.source = old.source }, "hdf5_data": { $0.hdf5DataParam.source = old.source },
        "images": { $0.imageDataParam.source = old.source },
        "window_data": { $0.windowDataParam.source = old.source },
        "infogain_loss": { $0.infogainLossParam.source = old.source }
      ])
    carry(
      old.hasBatchsize, "batchsize",
      [
        "data": { $0.dataParam.batchSize = old.batchsize },
        "hdf5_data": { $0.hdf5DataParam.batchSize = old.batchsize },
        "images": { $0.imageDataParam.batchSize = old.batchsize },
        "window_data": { $0.windowDataParam.batchSize = old.batchsize }
      ])
    carry(
      old.hasRandSkip, "rand_skip",
      [
        "data": { $0.dataParam.randSkip = old.randSkip },
        "images": { $0.imageDataParam.randSkip = old.randSkip }
      ])
    carry(old.hasShuffleImages, "shuffle", ["images": { $0.imageDataParam.shuffle = old.shuffleImages }])
    carry(
      old.hasNewHeight, "new_height",
      ["images": { $0.imageDataParam.newHeight = UInt32(clamping: old.newHeight) }])
    carry(
      old.hasNewWidth, "new_width",
      ["images": { $0.imageDataParam.newWidth = UInt32(clamping: old.newWidth) }])
    carry(
      old.hasHdf5OutputParam, "hdf5_output_param",
      ["hdf5_output": { $0.hdf5OutputParam = old.hdf5OutputParam }])
  }

  private mutating func carryDetection() {
    let old = old
    carry(
      old.hasDetFgThreshold, "det_fg_threshold",
      ["window_data": { $0.windowDataParam.fgThreshold = old.detFgThreshold }])
    carry(
      old.hasDetBgThreshold, "det_bg_threshold",
      ["window_data": { $0.windowDataParam.bgThreshold = old.detBgThreshold }])
    carry(
      old.hasDetFgFraction, "det_fg_fraction",
      ["window_data": { $0.windowDataParam.fgFraction = old.detFgFraction }])
    carry(
      old.hasDetContextPad, "det_context_pad",
      ["window_data": { $0.windowDataParam.contextPad = old.detContextPad }])
    carry(
      old.hasDetCropMode, "det_crop_mode", ["window_data": { $0.windowDataParam.cropMode = old.detCropMode }])
  }
}
