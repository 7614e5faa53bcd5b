import Caffe
import CaffeTestSupport
import Testing

struct LSTMUnitLayerTests {
  @Test func passesTheBattery() {
    let battery = LayerBattery(
      "LSTMUnit",
      bottoms: [
        .init([1, 4, 3], then: [1, 2, 5]), .init([1, 4, 12], then: [1, 2, 20]), .init([1, 4], then: [1, 2], .labels(2))
      ], tops: [[1, 4, 3], [1, 4, 3]], otherTops: [[1, 2, 5], [1, 2, 5]])
    #expect(battery.failures() == [])
  }

  @Test func forgetsWhereASequenceBegins() throws {
    let net = try makeNet(unit([1, 2, 1], [1, 2, 4], [1, 2]))
    try net.blob(named: "c")?.setData([.nan, 2])
    try net.blob(named: "k")?.setData([0, 1])
    try net.forward()
    // The gates are all 0: half of the old cell stays, and tanh 0 comes in.
    #expect(net.blob(named: "y")?.data.values == [0, 1])
  }

  @Test(arguments: [
    ([2, 3], [1, 3, 8], [1, 3], "2 3 (6)", "1 × sequences × cells"),
    ([2, 3, 2], [2, 3, 8], [2, 3], "2 3 2 (12)", "1 × sequences × cells"),
    ([1, 3, 2], [1, 3, 6], [1, 3], "1 3 6 (18)", "1 × 3 × 4 · 2"), ([1, 3, 2], [1, 3, 8], [3], "3 (3)", "1 × 3")
  ]) func refusesShapesThatDoNotFit(cells: [Int], gates: [Int], goesOn: [Int], found: String, expected: String) {
    #expect(failure(unit(cells, gates, goesOn)).says("layer \"t\"", found, expected))
  }

  @Test func refusesAGradientForTheIndicators() throws {
    let net = try makeNet(
      input("c", [1, 3, 2]) + input("x", [1, 3, 8]) + input("k0", [1, 3])
        + """
        layer { name: "i" type: "InnerProduct" bottom: "k0" top: "k" inner_product_param { num_output: 3 } }
        layer { name: "t" type: "LSTMUnit" bottom: "c" bottom: "x" bottom: "k" top: "y" top: "h" loss_weight: 1 loss_weight: 1 }
        """)
    try net.forward()
    #expect {
      try net.backward()
    } throws: {
      "\($0)".says("layer \"t\"", "bottom 2", "no gradient")
    }
  }

  private func unit(_ cells: [Int], _ gates: [Int], _ goesOn: [Int]) -> String {
    input("c", cells) + input("x", gates) + input("k", goesOn)
      + #"layer { name: "t" type: "LSTMUnit" bottom: "c" bottom: "x" bottom: "k" top: "y" top: "h" }"#
  }
}
