import Caffe
import CaffeTestSupport
import Testing

struct HingeLossLayerTests {
  @Test(arguments: ["", "hinge_loss_param { norm: L2 }", "loss_weight: 0.3"]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "HingeLoss", fields,
      bottoms: [.init([3, 2, 2], then: [5, 4], .separated), .init([3], then: [5], .labels(4))], tops: [[]],
      otherTops: [[]])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [("L1", Float(2.5)), ("L2", 3.25)]) func addsUpWhatIsMissing(norm: String, expected: Float) throws {
    let net = try makeNet(
      input("x", [1, 3]) + input("l", [1])
        + "layer { name: \"t\" type: \"HingeLoss\" bottom: \"x\" bottom: \"l\" hinge_loss_param { norm: \(norm) } }")
    try net.blob(named: "x")?.setData([0, 0.5, -2])
    #expect(try net.forward() == expected)
  }

  @Test(arguments: [Float(3), -1, 0.5]) func refusesALabelThatIsNoClass(label: Float) throws {
    for engine in TestEngines.all {
      let net = try makeNet(
        input("x", [2, 3]) + input("l", [2])
          + #"layer { name: "t" type: "HingeLoss" bottom: "x" bottom: "l" top: "loss" }"#, engine: engine)
      try net.blob(named: "l")?.setData([0, label])
      #expect {
        try net.forward()
      } throws: {
        "\($0)".says("layer \"t\"", "label", "item 1 of the batch", "3 classes")
      }
    }
  }

  @Test func refusesLabelsThatDoNotFitTheScores() {
    let text = failure(
      input("x", [2, 3]) + input("l", [3]) + #"layer { name: "t" type: "HingeLoss" bottom: "x" bottom: "l" }"#)
    #expect(text.says("layer \"t\"", "3 (3)", "2 3 (6)", "needs 2 labels"))
  }

  @Test func refusesAGradientForTheLabels() throws {
    let net = try makeNet(
      input("x", [2, 3]) + input("y", [2, 3])
        + """
        layer { name: "i" type: "InnerProduct" bottom: "y" top: "l" inner_product_param { num_output: 1 } }
        layer { name: "t" type: "HingeLoss" bottom: "x" bottom: "l" top: "loss" }
        """)
    try net.forward()
    #expect {
      try net.backward()
    } throws: {
      "\($0)".says("layer \"t\"", "labels (bottom 1)", "no gradient")
    }
  }
}
