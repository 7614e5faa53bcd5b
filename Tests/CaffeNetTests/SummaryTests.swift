import Caffe
import CaffeTestSupport
import Testing

@Suite struct SummaryTests {
  private let lenet = """
    name: "Small"
    layer {
      name: "mnist" type: "Data" top: "data" top: "label" include { phase: TRAIN }
      data_param { source: "nowhere" batch_size: 8 }
    }
    layer {
      name: "pictures" type: "ImageData" top: "data" top: "label" include { phase: TEST }
      image_data_param { source: "nowhere" batch_size: 3 new_height: 6 new_width: 7 is_color: false }
    }
    layer {
      name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } }
    }
    layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip" inner_product_param { num_output: 5 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
    layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" include { phase: TEST } }
    """

  private func summary(_ text: String, _ phase: Phase, _ shapes: [String] = []) throws -> NetSummary {
    let context = Context(engine: ReferenceEngine(), phase: phase, registry: .standard)
    return try NetSummary(
      NetReader.parseNet(text: text), context: context, shapes: shapes.map { try InputShape(parsing: $0) })
  }

  @Test func countsParametersAndShowsShapesWithoutData() throws {
    let summary = try summary(lenet, .train, ["data=8,1,28,28"])
    #expect(summary.rows.map(\.name) == ["mnist", "conv", "ip", "loss"])
    #expect(summary.rows[0].type == "Data")
    #expect(summary.rows[1].tops == [InputShape(name: "conv", shape: [8, 4, 26, 26])])
    #expect(summary.rows.map(\.parameters) == [0, 4 * 9 + 4, 5 * 4 * 26 * 26 + 5, 0])
    #expect(summary.parameters == 40 + 13525)
    #expect(summary.description.contains("Layers: 4. Parameters: 13565."))
    #expect(summary.guesses == ["label=8"])
  }

  @Test func countsWorkAndMemory() throws {
    let summary = try summary(
      """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }
      layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 4 kernel_size: 3 } }
      layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
      layer { name: "ip" type: "InnerProduct" bottom: "c" top: "ip" param { lr_mult: 0 } inner_product_param { num_output: 5 } }
      """, .test)
    #expect(summary.rows.map(\.multiplyAdds) == [0, 2 * 4 * 36 * 27, 0, 2 * 144 * 5])
    #expect(summary.rows.map(\.bytes) == [4 * 384, 4 * 288, 0, 4 * 10])
    #expect(summary.rows.map(\.bottoms) == [[], ["x"], ["c"], ["c"]])
    #expect(summary.parameters == 112 + 725 && summary.trained == 112 + 5)
    #expect(summary.table(remarks: ["c": ["a-rule"]]).contains("a-rule") && summary.description.contains("in-place"))
  }

  /// The net of the tutorial, whose own table is 156, 2,416, 48,120, 10,164 and 850.
  @Test func countsLeNetAsItsTutorialDoes() throws {
    func convolution(_ name: String, _ bottom: String, _ outputs: Int, _ pad: Int) -> String {
      """
      layer { name: "\(name)" type: "Convolution" bottom: "\(bottom)" top: "\(name)"
        convolution_param { num_output: \(outputs) kernel_size: 5 pad: \(pad) } }
      layer { name: "p\(name)" type: "Pooling" bottom: "\(name)" top: "p\(name)"
        pooling_param { kernel_size: 2 stride: 2 } }
      """
    }
    func product(_ name: String, _ bottom: String, _ outputs: Int) -> String {
      """
      layer { name: "\(name)" type: "InnerProduct" bottom: "\(bottom)" top: "\(name)"
        inner_product_param { num_output: \(outputs) } }
      """
    }
    let text = [
      "layer { name: \"x\" type: \"Input\" top: \"x\" input_param { shape { dim: 1 dim: 1 dim: 28 dim: 28 } } }",
      convolution("c1", "x", 6, 2), convolution("c3", "pc1", 16, 0), product("c5", "pc3", 120), product("f6", "c5", 84),
      product("out", "f6", 10)
    ].joined(separator: "\n")
    let summary = try summary(text, .test)
    #expect(summary.rows.map(\.parameters).filter { $0 > 0 } == [156, 2416, 48120, 10164, 850])
    #expect(summary.parameters == 61_706)
  }

  @Test func takesWhatTheDataLayerSays() throws {
    let summary = try summary(lenet, .test)
    #expect(summary.guesses == ["data=3,1,6,7", "label=3"])
    #expect(summary.rows[1].tops[0].shape == [3, 4, 4, 5])
  }

  @Test func labelsGoWithTheRecordsThatAreGiven() throws {
    #expect(try summary(lenet, .train, ["data=2,1,28,28"]).guesses == ["label=2"])
  }

  @Test func sharedParametersCountOnce() throws {
    let text = """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
      layer { name: "a" type: "InnerProduct" bottom: "x" top: "a" param { name: "w" }
        inner_product_param { num_output: 3 bias_term: false } }
      layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" param { name: "w" }
        inner_product_param { num_output: 3 bias_term: false } }
      """
    #expect(try summary(text, .train).rows.map(\.parameters) == [0, 9, 0])
  }

  @Test func namesTheFlagWhereAShapeIsUnknown() throws {
    let unknown = message { _ = try summary(lenet, .train) }
    #expect(unknown.contains("\"data\"") && unknown.contains("--input-shape") && unknown.contains("mnist"))
    let misspelt = message { _ = try summary(lenet, .train, ["dat=1,1,28,28", "data=1,1,28,28"]) }
    #expect(misspelt.contains("\"dat\"") && misspelt.contains("\"data\""))
  }

  @Test(arguments: ["data", "=1,2", "data=", "data=1,x", "data=1,-2", "data=9999999999,9999999999,99"])
  func refusesWhatIsNoShape(_ text: String) {
    #expect(throws: CaffeError.self) { try InputShape(parsing: text) }
  }

  /// A batch of 256 of VGG's first layers takes 3 GB a blob pair; its first inner product 400 MB of weights.
  @Test func buildingTakesNoMemoryForBlobs() throws {
    let text = """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 256 dim: 3 dim: 224 dim: 224 } } }
      layer { name: "c" type: "Convolution" bottom: "x" top: "c"
        convolution_param { num_output: 64 kernel_size: 3 pad: 1 weight_filler { type: "gaussian" std: 0.01 } } }
      layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { kernel_size: 8 stride: 8 } }
      layer { name: "ip" type: "InnerProduct" bottom: "p" top: "ip"
        inner_product_param { num_output: 2048 weight_filler { type: "xavier" } } }
      """
    for engine in TestEngines.all {
      let net = try Net(
        NetReader.parseNet(text: text).net, context: Context(engine: engine, phase: .train, registry: .standard))
      #expect(net.blobs.allSatisfy { $0.data.hostByteCount == 0 && $0.diff.hostByteCount == 0 })
      #expect(net.parameters.allSatisfy { $0.blob.data.hostByteCount == 0 && $0.blob.diff.hostByteCount == 0 })
    }
  }
}
