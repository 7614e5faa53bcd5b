import Caffe
import CaffeTestSupport
import Testing

struct EmbedLayerTests {
  @Test(arguments: ["", "bias_term: false"]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "Embed", "embed_param { num_output: 3 input_dim: 5 \(fields) }",
      bottoms: [.init([2, 4], then: [3], .labels(5))], tops: [[2, 4, 3]], otherTops: [[3, 3]])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [
    ("input_dim: 4", "num_output is 0"), ("num_output: 4", "input_dim is 0"),
    ("num_output: 4 input_dim: 4294967295", "input_dim is 4294967295"),
    ("num_output: 2147483647 input_dim: 2147483647", "more values than memory can address")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    #expect(failure(of: "type: \"Embed\" embed_param { \(fields) }", over: [2]).says("layer \"t\"", message))
  }

  @Test(arguments: [-1, 5, 0.5, Float.nan]) func refusesAnIndexBeyondItsVectors(index: Float) throws {
    for engine in TestEngines.all {
      let net = try makeNet(
        input("x", [3])
          + #"layer { name: "t" type: "Embed" bottom: "x" top: "y" embed_param { num_output: 2 input_dim: 5 } }"#,
        engine: engine)
      try net.blob(named: "x")?.setData([0, 1, index])
      #expect {
        try net.forward()
      } throws: {
        "\($0)".says("layer \"t\"", "value 2 of bottom 0, of item 2 of the batch, is ", ", no index of the 5 rows")
      }
    }
  }

  @Test func itsIndicesHaveNoGradient() {
    let text = failureOfBackward(
      input("x", [2]) + #"layer { name: "p" type: "Parameter" top: "w" parameter_param { shape { dim: 2 } } }"#
        + #"layer { name: "t" type: "Embed" bottom: "w" top: "y" embed_param { num_output: 2 input_dim: 5 } }"#
        + #"layer { name: "r" type: "Reduction" bottom: "y" top: "r" loss_weight: 1 }"#)
    #expect(text.says("layer \"t\"", "no gradient", "propagate_down: false"))
  }
}
