import Caffe
import CaffeTestSupport
import Testing

struct SoftmaxWithLossLayerTests {
  @Test(arguments: [
    "", "loss_param { ignore_label: 1 }", "loss_param { normalization: FULL ignore_label: 0 }",
    "loss_param { normalization: BATCH_SIZE }", "loss_param { normalization: NONE }", "loss_param { normalize: false }",
    "loss_weight: 0.3"
  ]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "SoftmaxWithLoss", fields, bottoms: [.init([3, 4, 2], then: [5, 4]), .init([3, 2], then: [5], .labels(4))],
      tops: [[]],
      otherTops: [[]])
    #expect(battery.failures() == [])
  }

  @Test func givesTheProbabilitiesAsASecondTop() {
    let battery = LayerBattery(
      "SoftmaxWithLoss", "loss_weight: 1 loss_weight: 0",
      bottoms: [.init([3, 4], then: [2, 5]), .init([3], then: [2], .labels(4))], tops: [[], [3, 4]],
      otherTops: [[], [2, 5]])
    #expect(battery.failures() == [])
  }

  @Test func aLossWeightOfTheProbabilitiesChangesNoGradient() throws {
    let gradients = try ["loss_weight: 1 loss_weight: 0", "loss_weight: 1 loss_weight: 2"].map { weights in
      let net = try scores(#"top: "p" \#(weights)"#)
      try net.blob(named: "x")?.setData([1, 2, 3, 4, 5, 6])
      try net.forward()
      try net.backward()
      return net.blob(named: "x")?.diff.values
    }
    #expect(gradients[0] == gradients[1])
  }

  @Test func evenScoresLoseTheLogarithmOfTheirNumber() throws {
    let net = try scores("")
    #expect(abs(try net.forward() - 1.0986123) < 1e-6)
  }

  @Test func countsNothingWhenAllLabelsAreIgnored() throws {
    let net = try scores("loss_param { ignore_label: 0 }")
    #expect(try net.forward() == 0)
    try net.backward()
    #expect(net.blob(named: "x")?.diff.values == [0, 0, 0, 0, 0, 0])
  }

  @Test func normalizationWinsOverNormalize() throws {
    func loss(_ fields: String) throws -> Float {
      let net = try makeNet(
        input("x", [2, 3, 5]) + input("l", [2, 5])
          + "layer { name: \"t\" type: \"SoftmaxWithLoss\" bottom: \"x\" bottom: \"l\" loss_param { \(fields) } }")
      return try net.forward()
    }
    #expect(try loss("normalization: FULL normalize: false") == loss("normalization: FULL"))
    #expect(try loss("normalize: false") == loss("normalization: BATCH_SIZE"))
    #expect(try loss("normalize: true") == loss(""))
  }

  @Test(arguments: [Float(3), -1, 0.5, .nan]) func refusesALabelThatIsNoClass(label: Float) throws {
    for engine in TestEngines.all {
      let net = try scores("", engine: engine)
      try net.blob(named: "l")?.setData([0, label])
      #expect {
        try net.forward()
      } throws: {
        "\($0)".says("layer \"t\"", "label", "item 1 of the batch", "3 classes", "0 to 2")
      }
    }
  }

  @Test func refusesLabelsThatDoNotFitTheScores() {
    let text = failure(
      input("x", [2, 3]) + input("l", [3])
        + #"layer { name: "t" type: "SoftmaxWithLoss" bottom: "x" bottom: "l" top: "loss" }"#)
    #expect(text.says("layer \"t\"", "3 (3)", "2 3 (6)", "needs 2 labels"))
  }

  @Test func refusesAGradientForTheLabels() throws {
    let net = try makeNet(
      input("x", [2, 3]) + input("y", [2, 3])
        + """
        layer { name: "i" type: "InnerProduct" bottom: "y" top: "l" inner_product_param { num_output: 1 } }
        layer { name: "t" type: "SoftmaxWithLoss" bottom: "x" bottom: "l" top: "loss" }
        """)
    try net.forward()
    #expect {
      try net.backward()
    } throws: {
      "\($0)".says("layer \"t\"", "labels (bottom 1)", "no gradient")
    }
  }

  private func scores(_ fields: String, engine: any Engine = ReferenceEngine()) throws -> Net {
    try makeNet(
      "force_backward: true\n" + input("x", [2, 3]) + input("l", [2])
        + "layer { name: \"t\" type: \"SoftmaxWithLoss\" bottom: \"x\" bottom: \"l\" top: \"loss\" \(fields) }",
      engine: engine)
  }
}
