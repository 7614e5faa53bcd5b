import Caffe
import CaffeTestSupport
import Testing

struct ContrastiveLossLayerTests {
  @Test(arguments: [
    "contrastive_loss_param { margin: 1.2 }", "contrastive_loss_param { margin: 1.5 legacy_version: true }",
    "loss_weight: 0.4"
  ]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "ContrastiveLoss", fields,
      bottoms: [.init([6, 3], then: [2, 4, 2]), .init([6, 3], then: [2, 4, 2]), .init([6], then: [2], .labels(2))],
      tops: [[]], otherTops: [[]])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [("", Float(12.5)), ("legacy_version: true", 6.25)])
  func similarPairsLoseTheirDistanceOthersWhatTheMarginLacks(fields: String, expected: Float) throws {
    let net = try makeNet(
      input("a", [2, 2]) + input("b", [2, 2]) + input("s", [2])
        + "layer { name: \"t\" type: \"ContrastiveLoss\" bottom: \"a\" bottom: \"b\" bottom: \"s\" top: \"y\" "
        + "contrastive_loss_param { margin: 8 \(fields) } }")
    // A similar pair 5 apart, another 3 apart: (5² + (8 − 3)²) / 4, legacy (5² + max(8 − 3², 0)) / 4.
    try net.blob(named: "a")?.setData([3, 4, 0, 3])
    try net.blob(named: "s")?.setData([1, 0])
    #expect(try net.forward() == expected)
  }

  @Test func pairsBeyondTheMarginDoNotCount() throws {
    let net = try makeNet(
      "force_backward: true\n" + input("a", [1, 2]) + input("b", [1, 2]) + input("s", [1])
        + #"layer { name: "t" type: "ContrastiveLoss" bottom: "a" bottom: "b" bottom: "s" top: "y" }"#)
    try net.blob(named: "a")?.setData([3, 4])
    #expect(try net.forward() == 0)
    try net.backward()
    #expect(net.blob(named: "a")?.diff.values == [0, 0])
  }

  @Test(arguments: [
    ([2, 3], [2, 4], [2], "bottom 1 has the shape 2 4 (8)"), ([2, 3], [2, 3], [3], "bottom 2 has the shape 3 (3)")
  ]) func refusesShapesThatDoNotFit(a: [Int], b: [Int], similar: [Int], message: String) {
    let text = failure(
      input("a", a) + input("b", b) + input("s", similar)
        + #"layer { name: "t" type: "ContrastiveLoss" bottom: "a" bottom: "b" bottom: "s" top: "y" }"#)
    #expect(text.says("layer \"t\"", message, "2 3 (6)"))
  }

  @Test func refusesAMarginThatIsNoNumber() {
    let text = failure(
      input("a", [2, 3]) + input("s", [2])
        + """
        layer { name: "t" type: "ContrastiveLoss" bottom: "a" bottom: "a" bottom: "s" top: "y"
          contrastive_loss_param { margin: nan } }
        """)
    #expect(text.says("layer \"t\"", "margin is nan"))
  }
}
