import Caffe
import CaffeTestSupport
import Testing

@Suite struct BackwardTests {
  private let text = """
    layer { name: "in" type: "Input" top: "x" top: "l" input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
    layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "h" P1 inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
    layer { name: "r" type: "ReLU" bottom: "h" top: "h" }
    layer { name: "ip2" type: "InnerProduct" bottom: "h" top: "y" inner_product_param { num_output: 3 weight_filler { type: "xavier" } } P2 }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "y" bottom: "l" top: "loss" }
    layer { name: "acc" type: "Accuracy" bottom: "y" bottom: "l" top: "acc" }
    """

  private func net(_ first: String = "", _ second: String = "", force: Bool = false) throws -> Net {
    try makeNet(
      (force ? "force_backward: true\n" : "") + text.replacing("P1", with: first).replacing("P2", with: second))
  }

  private func needing(_ net: Net) -> [String] {
    zip(net.layers, net.layerNeedsBackward).filter(\.1).map(\.0.name)
  }

  @Test func whatALossDependsOnNeedsBackward() throws {
    #expect(try needing(net()) == ["ip1", "r", "ip2", "y_ip2_0_split", "loss"])
  }

  @Test func frozenLayersAtTheStartAreLeftOut() throws {
    let frozen = "param { lr_mult: 0 } param { lr_mult: 0 }"
    #expect(try needing(net(frozen)) == ["ip2", "y_ip2_0_split", "loss"])
  }

  @Test func propagateDownStopsTheGradient() throws {
    #expect(try needing(net("", "propagate_down: false")) == ["ip2", "y_ip2_0_split", "loss"])
  }

  @Test func forceBackwardReachesTheInputs() throws {
    let net = try net(force: true)
    try net.inputs[0].blob.setData([1, -2, 3, 0.5, 1, -1])
    try net.forward()
    net.clearGradients()
    try net.backward()
    #expect(net.inputs[0].blob.diff.values.contains { $0 != 0 })
    #expect(net.layerNeedsBackward.allSatisfy { $0 })
  }

  @Test func gradientsOfParametersAddUpUntilCleared() throws {
    let net = try net()
    try net.inputs[0].blob.setData([1, -2, 3, 0.5, 1, -1])
    try net.forward()
    net.clearGradients()
    try net.backward()
    let once = net.learnable[2].blob.diff.values
    try net.backward()
    for (a, b) in zip(once, net.learnable[2].blob.diff.values) { #expect(abs(2 * a - b) < 1e-6) }
    net.clearGradients()
    #expect(net.learnable[2].blob.diff.values.allSatisfy { $0 == 0 })
  }

  @Test func debugInfoLogsEveryLayerOfBothPasses() throws {
    let log = RecordedLog()
    let net = try makeNet(text.replacing("P1", with: "").replacing("P2", with: ""), log: log)
    net.debugInfo = true
    try net.forward()
    net.clearGradients()
    try net.backward()
    #expect(log.texts.contains { $0.hasPrefix("    [Forward] Layer ip1, top blob h data: ") })
    #expect(log.texts.contains { $0.hasPrefix("    [Forward] Layer ip1, param blob 0 data: ") })
    #expect(log.texts.contains { $0.hasPrefix("    [Backward] Layer ip2, bottom blob h diff: ") })
    #expect(log.texts.contains { $0.hasPrefix("    [Backward] All net params (data, diff): L1 norm = (") })
  }
}
