import Caffe
import Testing

@Suite struct SplitTests {
  @Test func everyFurtherReaderGetsACopyNamedAsTheOriginalNamesIt() throws {
    let net = try makeNet(
      twoInputs + """
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 2 } }
        layer { name: "a" type: "ReLU" bottom: "y" top: "a" }
        layer { name: "b" type: "ReLU" bottom: "y" top: "b" }
        """)
    #expect(net.layers.map(\.name) == ["in", "ip", "y_ip_0_split", "a", "b"])
    #expect(net.layerParameters[3].bottom == ["y_ip_0_split_0"])
    #expect(net.layerParameters[4].bottom == ["y_ip_0_split_1"])
  }

  @Test func readersOfAnInPlaceTopSplitTheLastWriter() throws {
    let net = try makeNet(
      twoInputs + """
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 2 } }
        layer { name: "r" type: "ReLU" bottom: "y" top: "y" }
        layer { name: "a" type: "ReLU" bottom: "y" top: "a" }
        layer { name: "b" type: "ReLU" bottom: "y" top: "b" }
        """)
    #expect(net.layers.map(\.name) == ["in", "ip", "r", "y_r_0_split", "a", "b"])
  }

  @Test func gradientsOfAllReadersAreAdded() throws {
    let net = try makeNet(
      """
      force_backward: true
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
      layer { name: "a" type: "Power" bottom: "x" top: "a" power_param { scale: 2 } loss_weight: 1 }
      layer { name: "b" type: "Power" bottom: "x" top: "b" power_param { scale: 5 } loss_weight: 1 }
      """)
    try net.inputs[0].blob.setData([1, 2])
    let loss = try net.forward()
    try net.backward()
    #expect(loss == 21)
    #expect(net.inputs[0].blob.diff.values == [7, 7])
  }

  @Test func aTopThatIsALossAndABottomIsCountedOnce() throws {
    let net = try makeNet(
      """
      force_backward: true
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
      layer { name: "a" type: "Power" bottom: "x" top: "a" power_param { scale: 2 } loss_weight: 3 }
      layer { name: "b" type: "Power" bottom: "a" top: "b" power_param { scale: 5 } loss_weight: 1 }
      """)
    try net.inputs[0].blob.setData([1, 2])
    let loss = try net.forward()
    try net.backward()
    #expect(loss == 3 * 6 + 30)
    #expect(net.inputs[0].blob.diff.values == [16, 16])
    #expect(net.layers.map(\.name) == ["x", "a", "a_a_0_split", "b"])
  }
}
