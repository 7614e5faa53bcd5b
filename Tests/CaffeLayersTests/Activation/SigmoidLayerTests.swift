import Caffe
import CaffeTestSupport
import Testing

struct SigmoidLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "Sigmoid", "", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .even)], tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func isOneHalfAtZeroAndFlatFarAway() throws {
    let got = try output(of: #"type: "Sigmoid""#, [-100, 0, 100], [3])
    for (value, wanted) in zip(got, [0, 0.5, 1] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

}
