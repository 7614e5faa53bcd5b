import Caffe
import CaffeTestSupport
import Testing

struct ClipLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "Clip", "clip_param { min: -0.5 max: 0.63 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .separated)],
      tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func holdsValuesBetweenTheBounds() throws {
    let got = try output(of: #"type: "Clip" clip_param { min: -1 max: 1 }"#, [-2, 0.25, 3], [3])
    for (value, wanted) in zip(got, [-1, 0.25, 1] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

  @Test func namesAMissingBound() {
    let text = failure(of: #"type: "Clip" clip_param { min: 1 }"#, over: [2])
    #expect(text.says("net.prototxt:2", "\"max\""))
  }

  @Test func refusesMinAboveMax() {
    let text = failure(of: #"type: "Clip" clip_param { min: 2 max: 1 }"#, over: [2])
    #expect(text.says("layer \"t\"", "min 2.0 above max 1.0"))
  }
}
