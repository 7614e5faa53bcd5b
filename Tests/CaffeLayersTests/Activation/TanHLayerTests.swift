import Caffe
import CaffeTestSupport
import Testing

struct TanHLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "TanH", "", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .even)], tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func isOddAndFlatFarAway() throws {
    let got = try output(of: #"type: "TanH""#, [-50, 0, 50], [3])
    for (value, wanted) in zip(got, [-1, 0, 1] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

}
