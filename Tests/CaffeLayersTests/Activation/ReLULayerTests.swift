import Caffe
import CaffeTestSupport
import Testing

struct ReLULayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "ReLU", "relu_param { negative_slope: 0.1 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .separated)],
      tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func cutsNegativeValuesByDefault() throws {
    let got = try output(of: #"type: "ReLU""#, [-2, 0, 3], [3])
    for (value, wanted) in zip(got, [0, 0, 3] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

  @Test func leaksWithASlope() throws {
    let got = try output(of: #"type: "ReLU" relu_param { negative_slope: 0.5 engine: CUDNN }"#, [-2, 0, 3], [3])
    for (value, wanted) in zip(got, [-1, 0, 3] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

  @Test func keepsItsInputInPlaceWhenTheSlopeIsNegative() {
    var battery = LayerBattery(
      "ReLU", "relu_param { negative_slope: -0.5 }", bottoms: [.init([2, 7], then: [3, 2], .separated)], tops: [[2, 7]],
      otherTops: [[3, 2]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }
}
