/// The transform fields that three data layers had of their own before `transform_param`.
private protocol OldTransform {
  var hasScale: Bool { get }
  var scale: Float { get }
  var hasMeanFile: Bool { get }
  var meanFile: String { get }
  var hasCropSize: Bool { get }
  var cropSize: UInt32 { get }
  var hasMirror: Bool { get }
  var mirror: Bool { get }
  mutating func clearScale()
  mutating func clearMeanFile()
  mutating func clearCropSize()
  mutating func clearMirror()
}

extension DataParameter: OldTransform {}
extension ImageDataParameter: OldTransform {}
extension WindowDataParameter: OldTransform {}

extension OldTransform {
  fileprivate var hasAny: Bool { hasScale || hasMeanFile || hasCropSize || hasMirror }

  fileprivate mutating func move(to transform: inout TransformationParameter) {
    if hasScale { transform.scale = scale }
    if hasMeanFile { transform.meanFile = meanFile }
    if hasCropSize { transform.cropSize = cropSize }
    if hasMirror { transform.mirror = mirror }
    clearScale()
    clearMeanFile()
    clearCropSize()
    clearMirror()
  }
}

extension V1LayerParameter {
  /// Whether a data layer has transform fields outside `transform_param`.
  var hasOldTransform: Bool {
    switch type {
    case .data: dataParam.hasAny
    case .imageData: imageDataParam.hasAny
    case .windowData: windowDataParam.hasAny
    default: false
    }
  }

  /// Moves a data layer's transform fields into `transform_param`, which is there afterwards even if empty.
  mutating func moveOldTransform() {
    var transform = transformParam
    switch type {
    case .data: dataParam.move(to: &transform)
    case .imageData: imageDataParam.move(to: &transform)
    case .windowData: windowDataParam.move(to: &transform)
    default: return
    }
    transformParam = transform
  }
}

extension LayerParameter {
  /// The same layer in today's form.
  init(upgrading old: V1LayerParameter) {
    self.init()
    if old.hasName { name = old.name }
    if old.hasType { type = LayerTypes.newName(of: old.type) }
    bottom = old.bottom
    top = old.top
    include = old.include
    exclude = old.exclude
    blobs = old.blobs
    lossWeight = old.lossWeight
    param = Self.parameters(of: old)
    carryData(old)
    carryParameters(old)
    carryNeurons(old)
  }

  /// The four parallel lists of V1 as one message a blob.
  private static func parameters(of old: V1LayerParameter) -> [ParamSpec] {
    let count = max(old.param.count, old.blobShareMode.count, old.blobsLr.count, old.weightDecay.count)
    var specs = [ParamSpec](repeating: ParamSpec(), count: count)
    for (index, name) in old.param.enumerated() { specs[index].name = name }
    for (index, mode) in old.blobShareMode.enumerated() {
      specs[index].shareMode = mode == .permissive ? .permissive : .strict
    }
    for (index, rate) in old.blobsLr.enumerated() { specs[index].lrMult = rate }
    for (index, decay) in old.weightDecay.enumerated() { specs[index].decayMult = decay }
    return specs
  }

  private mutating func carryData(_ old: V1LayerParameter) {
    if old.hasTransformParam { transformParam = old.transformParam }
    if old.hasDataParam { dataParam = old.dataParam }
    if old.hasDummyDataParam { dummyDataParam = old.dummyDataParam }
    if old.hasHdf5DataParam { hdf5DataParam = old.hdf5DataParam }
    if old.hasHdf5OutputParam { hdf5OutputParam = old.hdf5OutputParam }
    if old.hasImageDataParam { imageDataParam = old.imageDataParam }
    if old.hasMemoryDataParam { memoryDataParam = old.memoryDataParam }
    if old.hasWindowDataParam { windowDataParam = old.windowDataParam }
  }

  private mutating func carryParameters(_ old: V1LayerParameter) {
    if old.hasLossParam { lossParam = old.lossParam }
    if old.hasAccuracyParam { accuracyParam = old.accuracyParam }
    if old.hasArgmaxParam { argmaxParam = old.argmaxParam }
    if old.hasConcatParam { concatParam = old.concatParam }
    if old.hasContrastiveLossParam { contrastiveLossParam = old.contrastiveLossParam }
    if old.hasConvolutionParam { convolutionParam = old.convolutionParam }
    if old.hasEltwiseParam { eltwiseParam = old.eltwiseParam }
    if old.hasHingeLossParam { hingeLossParam = old.hingeLossParam }
    if old.hasInfogainLossParam { infogainLossParam = old.infogainLossParam }
    if old.hasInnerProductParam { innerProductParam = old.innerProductParam }
    if old.hasLrnParam { lrnParam = old.lrnParam }
    if old.hasMvnParam { mvnParam = old.mvnParam }
    if old.hasPoolingParam { poolingParam = old.poolingParam }
    if old.hasSliceParam { sliceParam = old.sliceParam }
    if old.hasSoftmaxParam { softmaxParam = old.softmaxParam }
  }

  private mutating func carryNeurons(_ old: V1LayerParameter) {
    if old.hasDropoutParam { dropoutParam = old.dropoutParam }
    if old.hasExpParam { expParam = old.expParam }
    if old.hasPowerParam { powerParam = old.powerParam }
    if old.hasReluParam { reluParam = old.reluParam }
    if old.hasSigmoidParam { sigmoidParam = old.sigmoidParam }
    if old.hasTanhParam { tanhParam = old.tanhParam }
    if old.hasThresholdParam { thresholdParam = old.thresholdParam }
  }
}
