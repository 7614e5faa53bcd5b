import Caffe
import CaffeTestSupport
import Testing

struct BNLLLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "BNLL", "", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .even)], tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func doesNotOverflow() throws {
    let got = try output(of: #"type: "BNLL""#, [-100, 0, 100], [3])
    for (value, wanted) in zip(got, [0, 0.6931472, 100] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

}
