import Caffe
import CaffeTestSupport
import Testing

struct SplitLayerTests {
  @Test func passesTheBattery() {
    let battery = LayerBattery(
      "Split", bottoms: [.init([2, 3], then: [4, 2, 2])], tops: [[2, 3], [2, 3], [2, 3]],
      otherTops: [[4, 2, 2], [4, 2, 2], [4, 2, 2]])
    #expect(battery.failures() == [])
  }

  @Test func addsUpTheGradients() throws {
    let net = try makeNet(
      "force_backward: true\n" + input("x", [2]) + #"layer { name: "t" type: "Split" bottom: "x" top: "a" top: "b" }"#)
    try net.forward()
    try net.blob(named: "a")?.setDiff([1, 2])
    try net.backward()
    #expect(net.blob(named: "x")?.diff.values == [1, 2])
    try net.blob(named: "b")?.setDiff([10, 20])
    try net.backward()
    #expect(net.blob(named: "x")?.diff.values == [11, 22])
  }

  @Test func takesNoMemoryForData() throws {
    let net = try makeNet(input("x", [2]) + #"layer { name: "t" type: "Split" bottom: "x" top: "a" top: "b" }"#)
    #expect(net.blob(named: "a")?.data === net.blob(named: "x")?.data)
  }
}
