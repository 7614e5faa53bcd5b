import Caffe
import CaffeTestSupport
import Testing

struct ArgMaxLayerTests {
  @Test(arguments: [
    ("", [2, 1, 1], [3, 1, 1]), ("top_k: 3", [2, 1, 3], [3, 1, 3]),
    ("top_k: 2 out_max_val: true", [2, 2, 2], [3, 2, 2]),
    ("axis: 1 top_k: 2", [2, 2, 4], [3, 2, 2]), ("axis: -1 out_max_val: true", [2, 3, 1], [3, 5, 1]),
    ("axis: 0", [1, 3, 4], [1, 5, 2])
  ]) func passesTheBattery(fields: String, top: [Int], other: [Int]) {
    var battery = LayerBattery(
      "ArgMax", "argmax_param { \(fields) }", bottoms: [.init([2, 3, 4], then: [3, 5, 2], .separated)], tops: [top],
      otherTops: [other])
    battery.hasGradient = false
    #expect(battery.failures() == [])
  }

  @Test func givesIndicesAndThenValues() throws {
    for fields in ["", "out_max_val: true"] {
      let got = try output(
        of: "type: \"ArgMax\" argmax_param { top_k: 2 \(fields) }", [1, 9, 3, 4, 8, 2], [2, 3, 1, 1])
      #expect(got == (fields.isEmpty ? [1, 2, 1, 0] : [1, 2, 9, 3, 1, 0, 8, 4]))
    }
    #expect(try output(of: #"type: "ArgMax" argmax_param { axis: 0 }"#, [1, 9, 3, 4, 8, 2], [2, 3]) == [1, 0, 0])
  }

  @Test func aBottomOfOneAxisHasOneValueAnImage() throws {
    #expect(try output(of: #"type: "ArgMax""#, [5, 6], [2]) == [0, 0])
  }

  @Test(arguments: [
    ("top_k: 0", "top_k is 0"), ("top_k: 7", "6 values an image"), ("axis: 1 top_k: 4", "3 values along axis 1"),
    ("axis: 3", "axis 3"), ("top_k: 4294967295", "top_k is 4294967295")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    #expect(failure(of: "type: \"ArgMax\" argmax_param { \(fields) }", over: [2, 3, 2]).says("layer \"t\"", message))
  }

  @Test func hasNoGradient() {
    let text = failureOfBackward(
      #"layer { name: "p" type: "Parameter" top: "w" parameter_param { shape { dim: 2 } } }"#
        + #"layer { name: "t" type: "ArgMax" bottom: "w" top: "y" }"#
        + #"layer { name: "r" type: "Reduction" bottom: "y" top: "r" loss_weight: 1 }"#)
    #expect(text.says("layer \"t\"", "no gradient"))
  }
}
