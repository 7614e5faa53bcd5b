import Caffe
import CaffeTestSupport
import Testing

@Suite struct GraphErrorTests {
  private func error(_ layers: String) -> String { message { _ = try makeNet(twoInputs + "\n" + layers) } }

  @Test func unknownBottomNamesTheLayerItsPlaceAndNearNames() {
    let text = error(#"layer { name: "ip" type: "ReLU" bottom: "X1" top: "y" }"#)
    #expect(text.contains("net.prototxt:2") && text.contains("\"ip\"") && text.contains("did you mean \"x\""))
  }

  @Test func bottomOfALaterLayerSaysToMoveIt() {
    let text = error(
      """
      layer { name: "a" type: "ReLU" bottom: "later" top: "y" }
      layer { name: "b" type: "ReLU" bottom: "x" top: "later" }
      """)
    #expect(text.contains("\"b\" produces it later"))
  }

  @Test func unknownTypeListsNearNames() {
    let text = error(#"layer { name: "c" type: "Convolutoin" bottom: "x" top: "y" }"#)
    #expect(text.contains("did you mean \"Convolution\""))
  }

  @Test func topProducedTwiceNamesBothLayers() {
    let text = error(
      """
      layer { name: "a" type: "ReLU" bottom: "x" top: "y" }
      layer { name: "b" type: "ReLU" bottom: "x" top: "y" }
      """)
    #expect(text.contains("\"b\"") && text.contains("\"a\"") && text.contains("name of its own"))
  }

  @Test func inPlaceOverABlobThatAnotherLayerReadsIsRefused() {
    let text = error(
      """
      layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 2 } }
      layer { name: "a" type: "TanH" bottom: "y" top: "z" }
      layer { name: "r" type: "ReLU" bottom: "y" top: "y" }
      """)
    #expect(text.contains("another layer reads \"y\" too"))
  }

  @Test func inPlaceByALayerThatCannotIsRefused() {
    let text = error(
      #"layer { name: "ip" type: "InnerProduct" bottom: "x" top: "x" inner_product_param { num_output: 3 } }"#)
    #expect(text.contains("can't") && text.contains("name of its own"))
  }

  @Test func wrongNumbersOfBottomsAndTopsSayWhatFits() {
    #expect(error(#"layer { name: "s" type: "ReLU" bottom: "x" bottom: "l" top: "y" }"#).contains("exactly 1"))
    #expect(error(#"layer { name: "c" type: "Concat" top: "y" }"#).contains("at least 1"))
  }

  @Test func wrongNumberOfPropagateDownOrLossWeightIsAnError() {
    #expect(
      error(#"layer { name: "r" type: "ReLU" bottom: "x" top: "y" propagate_down: true propagate_down: false }"#)
        .contains("2 propagate_down for 1 bottoms"))
    #expect(
      error(#"layer { name: "r" type: "ReLU" bottom: "x" top: "y" loss_weight: 1 loss_weight: 0 }"#)
        .contains("2 loss_weight for 1 tops"))
    #expect(
      error(#"layer { name: "r" type: "ReLU" bottom: "x" top: "y" loss_weight: nan }"#).contains(
        "loss_weight is nan; give a finite number"))
  }

  @Test func moreParamsThanParametersIsAnError() {
    let text = error(#"layer { name: "r" type: "ReLU" bottom: "x" top: "y" param { lr_mult: 1 } }"#)
    #expect(text.contains("1 `param { }` but only 0 parameters"))
  }

  @Test func aNetWhoseLayersAreAllLeftOutIsAnError() {
    let text = message {
      _ = try makeNet(
        #"layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 } } include { phase: TEST } }"#)
    }
    #expect(text.contains("no layer of the net") && text.contains("include and exclude"))
  }

  @Test(arguments: [
    #"layer { name: "big" type: "Embed" bottom: "l" top: "y" embed_param { input_dim: 2147483647 num_output: 1000000 } }"#,
    #"layer { name: "big" type: "Parameter" top: "y" parameter_param { shape { dim: 1000000 dim: 1000000 } } }"#,
    #"layer { name: "big" type: "Input" top: "y" input_param { shape { dim: 100000 dim: 1000000 } } }"#
  ])
  func aShapeBeyondTheMemoryNamesTheLayerAndWhatItTakes(layer: String) {
    let text = error(layer)
    #expect(text.contains("\"big\"") && text.contains("GiB of memory"), "\(text)")
  }

  @Test(arguments: [
    #"type: "Pooling" pooling_param { kernel_size: 2147483647 pad: 1073741824 }"#,
    #"type: "LRN" lrn_param { local_size: 2147483647 norm_region: WITHIN_CHANNEL }"#
  ])
  func windowsFarLargerThanTheInputAreComputedOrRefused(layer: String) throws {
    let text = message {
      let read = try NetReader.parseNet(
        text: #"layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }"#
          + "layer { name: \"wide\" bottom: \"x\" top: \"y\" \(layer) }", fileName: "net.prototxt")
      let net = try Net(read.net, context: Context(engine: CPUEngine(), phase: .test, registry: .standard))
      try net.forward()
    }
    #expect(text.isEmpty || text.contains("wide"), "\(text)")
  }

  @Test func aNetWithoutLayersIsAnError() {
    #expect(message { _ = try makeNet("name: \"empty\"") }.contains("no layers"))
  }

  @Test func aMissingTopOfALossIsFilledIn() throws {
    let net = try makeNet(
      twoInputs + #"layer { name: "loss" type: "SoftmaxWithLoss" bottom: "x" bottom: "l" }"#)
    #expect(net.outputs.map(\.name) == ["loss"])
  }

  @Test func aLabelThatIsNoClassNamesItsItem() throws {
    let net = try makeNet(
      twoInputs + #"layer { name: "loss" type: "SoftmaxWithLoss" bottom: "x" bottom: "l" top: "loss" }"#)
    try net.inputs[1].blob.setData([0, 3])
    let text = message { try net.forward() }
    #expect(text.contains("label 3") && text.contains("item 1") && text.contains("0 to 2"))
  }
}
