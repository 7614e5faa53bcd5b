import Caffe
import CaffeTestSupport
import Testing

struct LogLayerTests {
  @Test func passesTheBattery() {
    var battery = LayerBattery(
      "Log", "log_param { base: 10 scale: 2 shift: 0.5 }", bottoms: [.init([2, 3, 4, 2], then: [3, 5], .positive)],
      tops: [[2, 3, 4, 2]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func isTheNaturalLogarithmByDefault() throws {
    let got = try output(of: #"type: "Log""#, [1, 2.7182817], [2])
    for (value, wanted) in zip(got, [0, 1] as [Float]) { #expect(abs(value - wanted) <= 1e-6) }
    #expect(got.count == 2)
  }

  @Test func takesABase() throws {
    let got = try output(of: #"type: "Log" log_param { base: 10 }"#, [1, 1000], [2])
    for (value, wanted) in zip(got, [0, 3] as [Float]) { #expect(abs(value - wanted) <= 1e-5) }
    #expect(got.count == 2)
  }

  @Test(arguments: ["0", "-3", "1"]) func refusesABaseWithoutALogarithm(base: String) {
    let text = failure(of: #"type: "Log" log_param { base: \#(base) }"#, over: [2])
    #expect(text.says("log_param.base is", "-1 for e"))
  }
}
