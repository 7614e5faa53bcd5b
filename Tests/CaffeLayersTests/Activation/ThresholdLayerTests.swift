import Caffe
import CaffeTestSupport
import Testing

struct ThresholdLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "Threshold", "threshold_param { threshold: 0.2 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .separated)],
      tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    battery.hasGradient = false
    #expect(battery.failures() == [])
  }

  @Test func isOneAboveTheThresholdOnly() throws {
    let got = try output(of: #"type: "Threshold" threshold_param { threshold: 0.5 }"#, [0.4, 0.5, 0.6], [3])
    for (value, wanted) in zip(got, [0, 0, 1] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

  @Test func refusesToBeDifferentiated() throws {
    let net = try makeNet(
      input("x", [2]) + input("l", [2])
        + """
        force_backward: true
        layer { name: "p" type: "Power" bottom: "x" top: "p" }
        layer { name: "t" type: "Threshold" bottom: "p" top: "y" propagate_down: true }
        layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "l" top: "loss" }
        """)
    try net.forward()
    #expect {
      try net.backward()
    } throws: {
      "\($0)".says("layer \"t\"", "no gradient")
    }
  }
}
