import Caffe
import CaffeTestSupport
import Testing

struct ScaleLayerTests {
  @Test(arguments: [
    "", "bias_term: true", "axis: 0 num_axes: 2", "axis: -2 num_axes: -1 bias_term: true", "num_axes: 0", "axis: -1"
  ]) func passesTheBattery(fields: String) {
    // What the factors cover keeps its extents.
    let isOverImages = fields.contains("axis: 0")
    let isOverPlaces = fields.contains("axis: -")
    let other = isOverImages ? [2, 3, 5, 2] : isOverPlaces ? [4, 1, 2, 3] : [4, 3, 3, 1]
    var battery = LayerBattery(
      "Scale", "scale_param { \(fields) }", bottoms: [.init([2, 3, 2, 3], then: other)], tops: [[2, 3, 2, 3]],
      otherTops: [other])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test(arguments: [
    ("axis: 1", [3, 2], [3, 4]), ("axis: -1 bias_term: true", [2], [2]), ("axis: 0", [2, 3, 2], [1, 3, 4]), ("", [], [])
  ]) func passesTheBatteryWithTwoBottoms(fields: String, factors: [Int], otherFactors: [Int]) {
    let keeps = fields.contains("bias_term")
    let other = keeps ? [4, 1, 2] : [1, 3, 4]
    var battery = LayerBattery(
      "Scale", "scale_param { \(fields) }",
      bottoms: [.init([2, 3, 2], then: other), .init(factors, then: otherFactors)], tops: [[2, 3, 2]],
      otherTops: [other])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func itsFirstFactorsAreOne() throws {
    #expect(try output(of: #"type: "Scale""#, [1, 2, 3, 4], [2, 2]) == [1, 2, 3, 4])
    let filled = #"type: "Scale" scale_param { filler { value: 3 } bias_term: true bias_filler { value: 1 } }"#
    #expect(try output(of: filled, [1, 2, 3, 4], [2, 2]) == [4, 7, 10, 13])
  }

  @Test(arguments: [
    ("num_axes: -2", "num_axes is -2"), ("axis: 2", "axis 2"), ("num_axes: 2", "reach beyond"),
    ("filler { type: \"gausian\" }", "did you mean")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    #expect(failure(of: "type: \"Scale\" scale_param { \(fields) }", over: [2, 3]).says("layer \"t\"", message))
  }

  @Test(arguments: [[2], [3, 1], [3, 4, 5]]) func refusesFactorsThatDoNotFit(shape: [Int]) {
    let text = failure(
      input("x", [2, 3, 4]) + input("s", shape) + #"layer { name: "t" type: "Scale" bottom: "x" bottom: "s" top: "y" }"#
    )
    #expect(text.says("layer \"t\"", "bottom 1 has the shape \(Shape(shape))", "2 3 4 (24)", "axis 1"))
  }

  @Test func refusesOtherFactorsThanTheBiasWasMadeFor() throws {
    let net = try makeNet(
      input("x", [2, 3]) + input("s", [3])
        + #"layer { name: "t" type: "Scale" bottom: "x" bottom: "s" top: "y" scale_param { bias_term: true } }"#)
    net.blob(named: "x")?.reshape(to: [2, 4])
    net.blob(named: "s")?.reshape(to: [4])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "4 (4)", "3 (3)")
    }
  }
}
