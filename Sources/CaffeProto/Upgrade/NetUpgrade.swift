import CaffeCore

/// Brings nets of all earlier forms to today's, step by step, as the original does and with its log lines.
struct NetUpgrade {
  var net: NetParameter
  let source: String
  let policy: UnknownFieldPolicy
  let notes: NoteHandler
  /// For each layer, its index among the layers of the file; nil for an Input layer made from `input` fields.
  var origins: [Int?]

  /// - Parameters:
  ///   - net: the net as read.
  ///   - source: what the notes call it: its file.
  ///   - policy: what to do with a V0 field that its layer type has no use for.
  init(_ net: NetParameter, source: String, policy: UnknownFieldPolicy, notes: @escaping NoteHandler) {
    self.net = net
    self.source = source
    self.policy = policy
    self.notes = notes
    origins = Array(0..<(net.layers.isEmpty ? net.layer.count : net.layers.count))
  }

  mutating func run() throws {
    if net.layers.contains(where: \.hasLayer) { try upgradeFromV0() }
    if net.layers.contains(where: \.hasOldTransform) { upgradeTransforms() }
    if !net.layers.isEmpty { try upgradeFromV1() }
    if !net.input.isEmpty { try upgradeInputs() }
    if net.layer.contains(where: \.hasOldBatchNorm) { upgradeBatchNorms() }
  }

  func note(_ level: ReadingNote.Level, _ message: String) { notes(ReadingNote(level, message)) }

  private func noteAttempt(_ what: String) {
    note(.info, "Attempting to upgrade input file specified using deprecated \(what): \(source)")
  }

  // MARK: - Steps

  private mutating func upgradeFromV0() throws {
    noteAttempt("V0LayerParameter")
    try removePaddingLayers()
    var misfits = 0
    for index in net.layers.indices where net.layers[index].hasLayer {
      var layer = V0Layer(net.layers[index])
      try layer.upgrade()
      try layer.check(policy)
      net.layers[index] = layer.new
      misfits += layer.misfits.count
      for field in layer.misfits {
        note(.error, "Unknown parameter \(field) for layer type \(layer.old.type)")
      }
    }
    if misfits == 0 {
      note(.info, "Successfully upgraded file specified using deprecated V0LayerParameter")
    } else {
      note(
        .error,
        "Warning: had one or more problems upgrading V0NetParameter to NetParameter (see above); "
          + "continuing anyway."
      )
    }
    note(
      .warning,
      "Note that future Caffe releases will not support V0NetParameter; use "
        + "./build/tools/upgrade_net_proto_text "
        + "for prototxt and ./build/tools/upgrade_net_proto_binary for model weights upgrade this and "
        + "any other "
        + "net protos to the new format.")
  }

  private mutating func upgradeTransforms() {
    noteAttempt("transformation parameters")
    for index in net.layers.indices { net.layers[index].moveOldTransform() }
    note(.info, "Successfully upgraded file specified using deprecated data transformation parameters.")
    note(
      .warning,
      "Note that future Caffe releases will only support transform_param messages for transformation fields.")
  }

  private mutating func upgradeFromV1() throws {
    noteAttempt("V1LayerParameter")
    guard net.layer.isEmpty else {
      throw CaffeError(
        .field,
        "the net has both \"layer { type: \"Name\" … }\" and \"layers { type: NAME … }\"; write all "
          + "layers in one form, "
          + "best \"layer\"")
    }
    net.layer = net.layers.map(LayerParameter.init(upgrading:))
    net.layers = []
    note(.info, "Successfully upgraded file specified using deprecated V1LayerParameter")
  }

  private mutating func upgradeInputs() throws {
    noteAttempt("input fields")
    if !net.inputShape.isEmpty || !net.inputDim.isEmpty {
      var layer = LayerParameter()
      layer.name = "input"
      layer.type = "Input"
      layer.top = net.input
      layer.inputParam.shape = try inputShapes()
      net.layer.insert(layer, at: 0)
      origins.insert(nil, at: 0)
    }
    // Weights files may name inputs without shapes; nothing is lost with the names.
    net.input = []
    net.inputShape = []
    net.inputDim = []
    note(.info, "Successfully upgraded file specified using deprecated input fields.")
    note(.warning, "Note that future Caffe releases will only support input layers and not input fields.")
  }

  private func inputShapes() throws -> [BlobShape] {
    let count = net.input.count
    if !net.inputShape.isEmpty {
      guard net.inputShape.count == count else {
        throw CaffeError(
          .field,
          "the net has \(count) \"input\" and \(net.inputShape.count) \"input_shape\"; give one shape "
            + "for each input"
        )
      }
      return net.inputShape
    }
    guard net.inputDim.count == 4 * count else {
      throw CaffeError(
        .field,
        "the net has \(count) \"input\" and \(net.inputDim.count) \"input_dim\"; give four numbers "
          + "(images, channels, "
          + "height, width) for each input, or one \"input_shape { dim: … }\"")
    }
    return (0..<count).map { index in
      var shape = BlobShape()
      shape.dim = net.inputDim[4 * index..<4 * index + 4].map(Int64.init)
      return shape
    }
  }

  private mutating func upgradeBatchNorms() {
    note(.info, "Attempting to upgrade batch norm layers using deprecated params: \(source)")
    for index in net.layer.indices where net.layer[index].hasOldBatchNorm {
      for blob in net.layer[index].param.indices {
        net.layer[index].param[blob].lrMult = 0
        net.layer[index].param[blob].decayMult = 0
      }
    }
    note(.info, "Successfully upgraded batch norm layers using deprecated params.")
  }
}

extension LayerParameter {
  /// Whether it gives rates for the three statistics, which are not learned.
  fileprivate var hasOldBatchNorm: Bool { type == "BatchNorm" && param.count == 3 }
}
