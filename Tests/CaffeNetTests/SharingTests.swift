import Caffe
import CaffeTestSupport
import Testing

@Suite struct SharingTests {
  private func siamese(_ first: String, _ second: String, outputs: Int = 2) -> String {
    """
    layer { name: "in" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 3 } } }
    layer { name: "a" type: "InnerProduct" bottom: "x" top: "p" \(first)
      inner_product_param { num_output: 2 weight_filler { type: "constant" value: 1 } } }
    layer { name: "b" type: "InnerProduct" bottom: "y" top: "q" \(second)
      inner_product_param { num_output: \(outputs) } }
    """
  }

  @Test func layersShareValuesAndGradientsByName() throws {
    let net = try makeNet(siamese(#"param { name: "w" }"#, #"param { name: "w" }"#))
    #expect(net.layers[1].blobs[0].data === net.layers[2].blobs[0].data)
    #expect(net.layers[1].blobs[0].diff === net.layers[2].blobs[0].diff)
    #expect(net.parameters.count == 4)
    #expect(net.learnable.count == 3)
    #expect(net.parameters[2].owner === net.parameters[0])
  }

  @Test func multipliersComeFromEitherLayerButMayNotDiffer() throws {
    let net = try makeNet(siamese(#"param { name: "w" }"#, #"param { name: "w" lr_mult: 3 decay_mult: 0 }"#))
    #expect(net.learnable[0].rateMultiplier == 3)
    #expect(net.learnable[0].decayMultiplier == 0)
    let text = message {
      _ = try makeNet(siamese(#"param { name: "w" lr_mult: 1 }"#, #"param { name: "w" lr_mult: 3 }"#))
    }
    #expect(text.contains("lr_mult 3") && text.contains("gives it 1"))
  }

  @Test func shapesMustAgreeUnlessPermissive() throws {
    let strict = message {
      _ = try makeNet(siamese(#"param { name: "w" }"#, #"param { name: "w" }"#, outputs: 3))
    }
    #expect(strict.contains("2 3 (6)") && strict.contains("3 3 (9)"))
    let text = """
      layer { name: "in" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 2 } } }
      layer { name: "a" type: "InnerProduct" bottom: "x" top: "p" param { name: "w" } inner_product_param { num_output: 2 } }
      layer { name: "b" type: "InnerProduct" bottom: "y" top: "q" param { name: "w" MODE }
        inner_product_param { num_output: 3 } }
      """
    let strictMode = text.replacing("MODE", with: "")
    #expect(message { _ = try makeNet(strictMode) }.contains("share_mode: PERMISSIVE"))
    let net = try makeNet(text.replacing("MODE", with: "share_mode: PERMISSIVE"))
    #expect(net.layers[1].blobs[0].data === net.layers[2].blobs[0].data)
  }

  @Test func aTestNetFollowsTheTrainedOne() throws {
    let text = siamese("", "")
    let trained = try makeNet(text)
    let tested = try makeNet(text, phase: .test)
    try tested.shareTrainedLayers(with: trained)
    trained.learnable[0].blob.data[0] = 42
    #expect(tested.learnable[0].blob.data[0] == 42)
  }
}
