import Caffe
import CaffeTestSupport
import Testing

struct ExpLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "Exp", "exp_param { base: 2 scale: 0.5 shift: 0.3 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .even)],
      tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func isEToTheXByDefault() throws {
    let got = try output(of: #"type: "Exp""#, [0, 1], [2])
    for (value, wanted) in zip(got, [1, 2.7182817] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 2)
  }

  @Test func takesABase() throws {
    let got = try output(of: #"type: "Exp" exp_param { base: 2 shift: 1 }"#, [0, 1, 3], [3])
    for (value, wanted) in zip(got, [2, 4, 16] as [Float]) { #expect(abs(value - wanted) <= 1e-5) }
    #expect(got.count == 3)
  }

  @Test func refusesABaseThatIsNotPositive() {
    #expect(failure(of: #"type: "Exp" exp_param { base: -2 }"#, over: [2]).says("exp_param.base is -2.0", "-1 for e"))
  }
}
