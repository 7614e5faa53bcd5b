import Caffe
import CaffeTestSupport
import Testing

struct ELULayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "ELU", "elu_param { alpha: 0.7 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .separated)], tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func nearsMinusAlpha() throws {
    let got = try output(of: #"type: "ELU" elu_param { alpha: 0.5 }"#, [-40, 0, 3], [3])
    for (value, wanted) in zip(got, [-0.5, 0, 3] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

}
