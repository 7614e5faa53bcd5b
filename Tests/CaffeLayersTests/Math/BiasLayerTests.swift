import Caffe
import CaffeTestSupport
import Testing

struct BiasLayerTests {
  @Test(arguments: ["", "axis: 0 num_axes: 2", "num_axes: -1", "num_axes: 0"]) func passesTheBattery(fields: String) {
    let other = fields.contains("axis: 0") ? [2, 3, 5] : fields.contains("-1") ? [4, 3, 2] : [4, 3, 1]
    var battery = LayerBattery(
      "Bias", "bias_param { \(fields) }", bottoms: [.init([2, 3, 2], then: other)], tops: [[2, 3, 2]],
      otherTops: [other])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test(arguments: [("axis: 1", [3, 2], [3, 4]), ("axis: -1", [2], [4]), ("", [], [])])
  func passesTheBatteryWithTwoBottoms(fields: String, terms: [Int], otherTerms: [Int]) {
    var battery = LayerBattery(
      "Bias", "bias_param { \(fields) }",
      bottoms: [.init([2, 3, 2], then: [1, 3, 4]), .init(terms, then: otherTerms)], tops: [[2, 3, 2]],
      otherTops: [[1, 3, 4]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func addsToEachChannel() throws {
    let filled = #"type: "Bias" bias_param { filler { value: 3 } }"#
    #expect(try output(of: filled, [1, 2, 3, 4], [2, 2]) == [4, 5, 6, 7])
  }

  @Test func refusesTermsThatDoNotFit() {
    let text = failure(
      input("x", [2, 3]) + input("s", [4]) + #"layer { name: "t" type: "Bias" bottom: "x" bottom: "s" top: "y" }"#)
    #expect(text.says("layer \"t\"", "bottom 1 has the shape 4 (4)", "2 3 (6)"))
    #expect(failure(of: #"type: "Bias" bias_param { num_axes: -3 }"#, over: [2, 3]).says("layer \"t\"", "-3"))
  }

  @Test func refusesAShapeThatItsParameterDoesNotFit() throws {
    let net = try makeNet(input("x", [2, 3]) + #"layer { name: "t" type: "Bias" bottom: "x" top: "y" }"#)
    net.blob(named: "x")?.reshape(to: [2, 4])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "its parameter has the shape 3 (3)", "2 4 (8)")
    }
  }
}
