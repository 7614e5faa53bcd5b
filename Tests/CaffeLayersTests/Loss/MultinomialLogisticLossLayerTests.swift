import Caffe
import CaffeTestSupport
import Testing

struct MultinomialLogisticLossLayerTests {
  @Test(arguments: ["", "loss_weight: 0.3"]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "MultinomialLogisticLoss", fields,
      bottoms: [.init([3, 4, 1], then: [5, 6], .positive), .init([3, 1], then: [5], .labels(4))], tops: [[]],
      otherTops: [[]])
    #expect(battery.failures() == [])
  }

  @Test func isTheMeanLogarithmOfTheLabelsProbabilities() throws {
    let net = try probabilities()
    try net.blob(named: "x")?.setData([0.5, 0.25, 0.25, 0.5, 0.5, 0])
    try net.blob(named: "l")?.setData([1, 0])
    #expect(abs(try net.forward() - (1.3862944 + 0.6931472) / 2) < 1e-6)
  }

  @Test func aProbabilityOfZeroCostsALimitedLoss() throws {
    let net = try probabilities()
    try net.blob(named: "x")?.setData([1, 0, 0, 0, 0, 1])
    #expect(abs(try net.forward() - 46.0517 / 2) < 1e-3)
  }

  @Test(arguments: [Float(3), -1, 0.5]) func refusesALabelThatIsNoClass(label: Float) throws {
    for engine in TestEngines.all {
      let net = try probabilities(engine: engine)
      try net.blob(named: "l")?.setData([0, label])
      #expect {
        try net.forward()
      } throws: {
        "\($0)".says("layer \"t\"", "label", "item 1 of the batch", "3 classes")
      }
    }
  }

  @Test func refusesLabelsThatDoNotFit() {
    let text = failure(
      input("x", [2, 3]) + input("l", [2, 2])
        + #"layer { name: "t" type: "MultinomialLogisticLoss" bottom: "x" bottom: "l" }"#)
    #expect(text.says("layer \"t\"", "2 2 (4)", "2 3 (6)", "needs 2 labels"))
  }

  private func probabilities(engine: any Engine = ReferenceEngine()) throws -> Net {
    try makeNet(
      input("x", [2, 3]) + input("l", [2])
        + #"layer { name: "t" type: "MultinomialLogisticLoss" bottom: "x" bottom: "l" top: "loss" }"#, engine: engine)
  }
}
