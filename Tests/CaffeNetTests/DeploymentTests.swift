import Caffe
import CaffeTestSupport
import Testing

struct DeploymentTests {
  private func deployment(_ text: String) throws -> Deployment {
    try Deployment(NetReader.parseNet(text: text).net)
  }

  private let start = """
    layer { name: "train" type: "Data" top: "data" top: "label" include { phase: TRAIN } data_param { source: "a" batch_size: 4 } }
    layer { name: "test" type: "Data" top: "data" top: "label" include { phase: TEST } data_param { source: "b" batch_size: 4 } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" param { lr_mult: 1 } param { lr_mult: 2 }
      convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "xavier" } } }
    layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }

    """

  private func names(_ net: NetParameter) -> [String] { net.layer.map { "\($0.name):\($0.type)" } }

  @Test func dataBecomesAnInputAndTheLossASoftmax() throws {
    let found = try deployment(
      start + """
        layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip" inner_product_param { num_output: 3 } }
        layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" softmax_param { axis: 1 } }
        """)
    #expect(found.inputs.map(\.name) == ["data"])
    #expect(found.inputs[0].source.name == "test")
    let net = found.net(shapes: [[1, 3, 8, 8]])
    #expect(names(net) == ["data:Input", "conv:Convolution", "relu:ReLU", "ip:InnerProduct", "prob:Softmax"])
    #expect(net.layer[1].param.isEmpty && !net.layer[1].convolutionParam.hasWeightFiller)
    #expect(net.layer[4].softmaxParam.axis == 1)
    let built = try Net(net, context: Context(phase: .test))
    #expect(built.outputs.map(\.name) == ["prob"])
    #expect(built.outputs[0].blob.shape == [1, 3])
  }

  /// As in GoogLeNet, whose two smaller losses only help the training.
  @Test func onlyTheMainLossIsKept() throws {
    let found = try deployment(
      start + """
        layer { name: "side" type: "InnerProduct" bottom: "conv" top: "side" inner_product_param { num_output: 3 } }
        layer { name: "loss1" type: "SoftmaxWithLoss" bottom: "side" bottom: "label" top: "loss1" loss_weight: 0.3 }
        layer { name: "main" type: "InnerProduct" bottom: "conv" top: "main" inner_product_param { num_output: 3 } }
        layer { name: "loss2" type: "SoftmaxWithLoss" bottom: "main" bottom: "label" top: "loss2" loss_weight: 1 }
        """)
    let net = found.net(shapes: [[1, 3, 8, 8]])
    #expect(names(net) == ["data:Input", "conv:Convolution", "relu:ReLU", "main:InnerProduct", "prob:Softmax"])
  }

  @Test func whatNeedsLabelsGoes() throws {
    let found = try deployment(
      start + """
        layer { name: "half" type: "Power" bottom: "label" top: "half" power_param { scale: 0.5 } }
        layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip" inner_product_param { num_output: 1 } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "half" top: "loss" }
        """)
    #expect(names(found.net(shapes: [[1, 3, 8, 8]])).last == "ip:InnerProduct")
  }

  @Test func sharedParametersKeepTheirNames() throws {
    let found = try deployment(
      """
      layer { name: "in" type: "Input" top: "a" top: "b" input_param { shape { dim: 1 dim: 2 } } }
      layer { name: "x" type: "InnerProduct" bottom: "a" top: "x" param { name: "w" lr_mult: 3 } inner_product_param { num_output: 1 } }
      layer { name: "y" type: "InnerProduct" bottom: "b" top: "y" param { name: "w" } inner_product_param { num_output: 1 } }
      """)
    let net = found.net(shapes: [[1, 2], [1, 2]])
    #expect(found.inputs.map(\.name) == ["a", "b"])
    #expect(net.layer.dropFirst(2).allSatisfy { $0.param.map(\.name) == ["w"] && !$0.param[0].hasLrMult })
  }

  @Test func aNetWithoutAnythingToUseIsRefused() {
    #expect(
      message { _ = try deployment("layer { name: \"d\" type: \"DummyData\" top: \"x\" }") }.contains(
        "nothing of the net"))
  }
}
