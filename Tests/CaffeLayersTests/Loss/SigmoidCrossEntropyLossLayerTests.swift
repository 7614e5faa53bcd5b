import Caffe
import CaffeTestSupport
import Testing

struct SigmoidCrossEntropyLossLayerTests {
  @Test(arguments: [
    "", "loss_param { ignore_label: 1 }", "loss_param { normalization: FULL ignore_label: 0 }",
    "loss_param { normalization: VALID ignore_label: 0 }", "loss_param { normalization: NONE }",
    "loss_param { normalize: true }", "loss_weight: 0.3"
  ]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "SigmoidCrossEntropyLoss", fields,
      bottoms: [.init([3, 4, 2], then: [5, 4]), .init([3, 4, 2], then: [5, 4], .labels(2))], tops: [[]],
      otherTops: [[]])
    #expect(battery.failures() == [])
  }

  @Test func undecidedScoresLoseALogarithmOfTwoEach() throws {
    let net = try scores("")
    #expect(abs(try net.forward() - 3 * 0.6931472) < 1e-6)
  }

  @Test func takesTheBatchSizeUnlessToldOtherwise() throws {
    func loss(_ fields: String) throws -> Float { try scores("loss_param { \(fields) }").forward() }
    #expect(try loss("") == loss("normalization: BATCH_SIZE"))
    #expect(try loss("normalize: false") == loss("normalization: BATCH_SIZE"))
    #expect(try loss("normalize: true") == loss("normalization: VALID"))
    #expect(try loss("normalize: true normalization: NONE") == 2 * loss(""))
  }

  @Test func staysFiniteForLargeScores() throws {
    let net = try scores("")
    try net.blob(named: "x")?.setData([200, -200, 0, 0, 0, 0])
    try net.blob(named: "l")?.setData([1, 0, 0, 0, 0, 0])
    #expect(abs(try net.forward() - 2 * 0.6931472) < 1e-6)
  }

  @Test func refusesTargetsThatDoNotFit() {
    let text = failure(
      input("x", [2, 3]) + input("l", [3, 2])
        + #"layer { name: "t" type: "SigmoidCrossEntropyLoss" bottom: "x" bottom: "l" top: "loss" }"#)
    #expect(text.says("layer \"t\"", "2 3 (6)", "3 2 (6)", "same first extent"))
  }

  @Test func refusesAGradientForTheTargets() throws {
    let net = try makeNet(
      input("x", [2, 3]) + input("y", [2, 3])
        + """
        layer { name: "i" type: "InnerProduct" bottom: "y" top: "l" inner_product_param { num_output: 3 } }
        layer { name: "t" type: "SigmoidCrossEntropyLoss" bottom: "x" bottom: "l" top: "loss" }
        """)
    try net.forward()
    #expect {
      try net.backward()
    } throws: {
      "\($0)".says("layer \"t\"", "targets (bottom 1)", "no gradient")
    }
  }

  private func scores(_ fields: String) throws -> Net {
    try makeNet(
      input("x", [2, 3]) + input("l", [2, 3])
        + "layer { name: \"t\" type: \"SigmoidCrossEntropyLoss\" bottom: \"x\" bottom: \"l\" top: \"loss\" \(fields) }")
  }
}
