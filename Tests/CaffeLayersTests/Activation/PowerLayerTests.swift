import Caffe
import CaffeTestSupport
import Testing

struct PowerLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "Power", "power_param { power: 3 scale: 0.5 shift: 1 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .even)],
      tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func isTheIdentityByDefault() throws {
    let got = try output(of: #"type: "Power""#, [-2, 0, 3], [3])
    for (value, wanted) in zip(got, [-2, 0, 3] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

  @Test func scalesThenShiftsThenRaises() throws {
    let got = try output(of: #"type: "Power" power_param { power: 2 scale: 2 shift: 1 }"#, [-2, 0, 3], [3])
    for (value, wanted) in zip(got, [9, 1, 49] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

  @Test func isConstantAtPowerZero() throws {
    let got = try output(of: #"type: "Power" power_param { power: 0 }"#, [-2, 0, 3], [3])
    for (value, wanted) in zip(got, [1, 1, 1] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 3)
  }

}
