import Caffe
import CaffeTestSupport
import Testing

struct AbsValLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "AbsVal", "", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .separated)], tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func givesMagnitudes() throws {
    let got = try output(of: #"type: "AbsVal""#, [-2, 0, 3.5], [3])
    for (value, wanted) in zip(got, [2, 0, 3.5] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

}
