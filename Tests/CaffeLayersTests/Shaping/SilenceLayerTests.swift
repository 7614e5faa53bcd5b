import Caffe
import CaffeTestSupport
import Testing

struct SilenceLayerTests {
  @Test func passesTheBattery() {
    let battery = LayerBattery(
      "Silence", bottoms: [.init([2, 3], then: [4]), .init([1], then: [2, 2])], tops: [], otherTops: [])
    #expect(battery.failures() == [])
  }

  @Test func leavesNoOutput() throws {
    let net = try makeNet(input("x", [2]) + #"layer { name: "t" type: "Silence" bottom: "x" }"#)
    #expect(net.outputs.isEmpty)
  }
}
