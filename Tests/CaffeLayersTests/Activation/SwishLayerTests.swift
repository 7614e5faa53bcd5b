import Caffe
import CaffeTestSupport
import Testing

struct SwishLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "Swish", "swish_param { beta: 1.5 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .even)], tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func isHalfTheInputAtBetaZero() throws {
    let got = try output(of: #"type: "Swish" swish_param { beta: 0 }"#, [-2, 0, 3], [3])
    for (value, wanted) in zip(got, [-1, 0, 1.5] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

}
