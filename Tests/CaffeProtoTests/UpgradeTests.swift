import CaffeCore
import CaffeProto
import Testing

/// Nets and solvers of all ages arrive in today's form.
@Suite struct UpgradeTests {
  private let fixtures = "\(packageFolder)/Tests/Fixtures/upgrade"

  @Test(arguments: ["v0", "v1"])
  func netsBecomeWhatTheOriginalMakesOfThem(_ age: String) throws {
    var notes: [ReadingNote] = []
    let file = try NetReader.readNet(file: "\(fixtures)/\(age)/net.prototxt") { notes.append($0) }
    let wanted: NetParameter = try Prototxt.read(file: "\(fixtures)/\(age)/upgraded.prototxt")
    #expect(file.net.prototxt() == wanted.prototxt())
    #expect(file.net == wanted)
    #expect(file.layerLocations.count == wanted.layer.count)
    #expect(
      notes.contains {
        $0.message.hasPrefix(
          "Attempting to upgrade input file specified using deprecated V1LayerParameter: /")
      })
    #expect(
      notes.contains {
        $0.message == "Successfully upgraded file specified using deprecated V1LayerParameter"
      })
  }

  @Test func solverBecomesWhatTheOriginalMakesOfIt() throws {
    let text = try text(of: "\(fixtures)/solver/solver.prototxt")
    let wanted: SolverParameter = try Prototxt.read(file: "\(fixtures)/solver/upgraded.prototxt")
    #expect(try NetReader.parseSolver(text: text).solver == wanted)
  }

  @Test func upgradedNetsStayAsTheyAre() throws {
    var notes: [ReadingNote] = []
    let file = try NetReader.readNet(file: "\(fixtures)/v0/upgraded.prototxt") { notes.append($0) }
    #expect(notes.isEmpty)
    #expect(try NetReader.parseNet(text: file.net.prototxt()).net == file.net)
  }

  @Test func netOfTheTutorialIsRead() throws {
    var notes: [ReadingNote] = []
    let net = try NetReader.parseNet(
      text: """
        name: "LeNet"
        layers { name: "mnist" type: DATA data_param { source: "db" backend: LMDB scale: 0.00390625 } top: "data" }
        layers {
          name: "conv1" type: CONVOLUTION blobs_lr: 1. blobs_lr: 2.
          convolution_param { num_output: 20 kernelsize: 5 stride: 1 weight_filler { type: "xavier" } }
          bottom: "data" top: "conv1"
        }
        layers { name: "loss" type: SOFTMAX_LOSS bottom: "conv1" bottom: "label" include: { phase: TRAIN } }
        """
    ) { notes.append($0) }.net
    #expect(net.layer.map(\.type) == ["Data", "Convolution", "SoftmaxWithLoss"])
    #expect(net.layer[0].transformParam.scale == 0.00390625)
    #expect(net.layer[1].convolutionParam.kernelSize == [5] && net.layer[1].param.map(\.lrMult) == [1, 2])
    #expect(net.layer[2].top.isEmpty && net.layer[2].include.map(\.phase) == [.train])
    #expect(notes.filter { $0.message.contains("kernelsize") }.count == 1)
  }

  @Test func everyParameterMessageOfV1IsCarriedOver() throws {
    let old = try #require(Schema.caffe.messages["V1LayerParameter"])
    let names = old.fields.filter { $0.name.hasSuffix("_param") }.map(\.name)
    #expect(names.count == 30)
    for name in names {
      let net = try NetReader.parseNet(text: "layers { \(name) { } }").net
      #expect(net.layer[0].prototxt() == "\(name) {\n}\n")
    }
  }

  @Test func everyTypeOfV1HasItsName() throws {
    let types = try #require(Schema.caffe.enums["V1LayerParameter.LayerType"])
    var names: Set<String> = []
    for type in types.values {
      names.insert(try NetReader.parseNet(text: "layers { type: \(type.name) }").net.layer[0].type)
    }
    #expect(names.count == types.values.count)
    #expect(names.isSuperset(of: ["", "SoftmaxWithLoss", "Im2col", "HDF5Data", "TanH", "AbsVal"]))
  }

  @Test func blobsOfOldWeightsAreKept() throws {
    var net: NetParameter = try Prototxt.parse(
      text: """
        layers { name: "a" type: CONVOLUTION blobs { num: 1 channels: 1 height: 1 width: 2 data: [1, 2] } }
        layers { layer { name: "b" type: "innerproduct" blobs { data: 3 } } }
        """)
    try net.upgrade(source: "w")
    #expect(net.layer.map(\.type) == ["Convolution", "InnerProduct"])
    #expect(net.layer[0].blobs[0].axes == [1, 1, 1, 2])
    #expect(try net.layer[0].blobs[0].values() == [1, 2])
    #expect(net.layer[1].blobs[0].data == [3])
  }

  @Test func inputFieldsBecomeAnInputLayer() throws {
    let file = try NetReader.parseNet(
      text: "name: 'n'\ninput: 'a' input: 'b'\ninput_shape { dim: 2 } input_shape { dim: [3, 4] }\nlayer { }",
      fileName: "n")
    #expect(file.net.layer.count == 2 && file.net.input.isEmpty && file.net.inputShape.isEmpty)
    #expect(file.net.layer[0].type == "Input" && file.net.layer[0].top == ["a", "b"])
    #expect(file.net.layer[0].inputParam.shape.map(\.dim) == [[2], [3, 4]])
    #expect(file.layerLocations.map(\.description) == ["n:2:1", "n:4:7"])
  }

  @Test func inputsWithoutShapesAreDropped() throws {
    let net = try NetReader.parseNet(text: "input: 'a' layer { name: 'l' }").net
    #expect(net.input.isEmpty && net.layer.map(\.name) == ["l"])
  }

  @Test func wrongNumberOfInputSizes() {
    #expect(netError("input: 'a' input_dim: 1 input_dim: 2").contains("1 \"input\" and 2 \"input_dim\""))
    #expect(netError("input: 'a' input: 'b' input_shape { }").contains("2 \"input\" and 1 \"input_shape\""))
  }

  @Test func ratesOfBatchNormStatisticsAreSetToZero() throws {
    let net = try NetReader.parseNet(
      text:
        "layer { type: 'BatchNorm' param { lr_mult: 1 } param { name: 'p' } param { } } layer { type: 'BatchNorm' param { lr_mult: 1 } }"
    ).net
    #expect(net.layer[0].param.map(\.lrMult) == [0, 0, 0] && net.layer[0].param.map(\.decayMult) == [0, 0, 0])
    #expect(net.layer[0].param[1].name == "p")
    #expect(net.layer[1].param[0].lrMult == 1)
  }

  @Test func transformFieldsOfDataLayersMove() throws {
    let net = try NetReader.parseNet(
      text: """
        layers { type: IMAGE_DATA image_data_param { scale: 2 mean_file: 'm' crop_size: 3 mirror: true source: 's' } }
        layers { type: WINDOW_DATA window_data_param { crop_size: 5 } transform_param { scale: 3 } }
        layers { type: DATA data_param { mirror: false } }
        """
    ).net
    let first = net.layer[0]
    #expect(first.imageDataParam.prototxt() == "source: \"s\"\n")
    #expect(first.transformParam.prototxt() == "scale: 2\nmirror: true\ncrop_size: 3\nmean_file: \"m\"\n")
    #expect(net.layer[1].transformParam.prototxt() == "scale: 3\ncrop_size: 5\n")
    #expect(net.layer[2].transformParam.hasMirror && !net.layer[2].dataParam.hasMirror)
  }

  @Test func oldestNetsThatCannotBeUpgradedSayWhy() {
    let unknown = netError("layers { layer { name: 'l' type: 'con' } }")
    #expect(
      unknown.hasPrefix("a.prototxt:1:8: layer \"l\": unknown layer type \"con\"")
        && unknown.contains("\"conv\""))
    #expect(
      netError("layers { bottom: 'x' layer { name: 'l' type: 'conv' } }").contains(
        "computes its bottom \"x\""))
    let padded = "input: 'a' layers { bottom: 'a' top: 'p' layer { name: 'p' type: 'padding' pad: 1 } }"
    #expect(
      netError(padded + "layers { bottom: 'p' layer { name: 'r' type: 'relu' } }").contains(
        "only conv and pool"))
  }

  @Test func fieldsThatTheOldestTypesDoNotHaveAreRefused() {
    let error = netError("layers { layer { name: 'r' type: 'relu' stride: 2 pad: 1 } }")
    #expect(
      error.hasPrefix("a.prototxt:1:8: layer \"r\": ") && error.contains("no use for \"pad\", \"stride\""))
  }

  @Test func fieldsThatTheOldestTypesDoNotHaveAreNotedWhenLenient() throws {
    var notes: [ReadingNote] = []
    let net = try NetReader.parseNet(
      text: "layers { layer { name: 'r' type: 'relu' stride: 2 } }", unknownFields: .lenient
    ) {
      notes.append($0)
    }.net
    #expect(net.layer[0].type == "ReLU")
    #expect(
      notes.contains { $0.level == .error && $0.message == "Unknown parameter stride for layer type relu" })
    #expect(
      !notes.contains { $0.message.contains("Successfully upgraded file specified using deprecated V0") })
  }

  @Test func solverWithBothTypesIsRefused() {
    let error = message {
      _ = try NetReader.parseSolver(text: "type: 'SGD' solver_type: ADAM", fileName: "s.prototxt")
    }
    #expect(error.hasPrefix("s.prototxt: ") && error.contains("remove \"solver_type\""))
  }

  @Test func netsInsideSolversAreUpgraded() throws {
    let solver = try NetReader.parseSolver(text: "train_net_param { layers { type: RELU } }").solver
    #expect(solver.trainNetParam.layer.map(\.type) == ["ReLU"])
  }

  @Test func missingSnapshotPrefixComesFromTheFile() throws {
    try withFolder { folder in
      try put(Array("base_lr: 1".utf8), "\(folder)/my.solver.prototxt")
      #expect(
        try NetReader.readSolver(file: "\(folder)/my.solver.prototxt").solver.snapshotPrefix
          == "\(folder)/my.solver")
      try put(Array("snapshot_prefix: \"\(folder)\"".utf8), "\(folder)/s.prototxt")
      #expect(try NetReader.readSolver(file: "\(folder)/s.prototxt").solver.snapshotPrefix == "\(folder)/s")
    }
  }
}
