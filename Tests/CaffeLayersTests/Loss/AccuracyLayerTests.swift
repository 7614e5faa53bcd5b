import Caffe
import CaffeTestSupport
import Testing

struct AccuracyLayerTests {
  @Test(arguments: ["", "top_k: 2", "ignore_label: 1"]) func passesTheBattery(fields: String) {
    var battery = LayerBattery(
      "Accuracy", "accuracy_param { \(fields) }",
      bottoms: [.init([3, 4, 2], then: [5, 4]), .init([3, 2], then: [5], .labels(4))], tops: [[], [4]],
      otherTops: [[], [4]])
    battery.hasGradient = false
    #expect(battery.failures() == [])
  }

  private func accuracy(_ scores: [Float], _ labels: [Float], _ fields: String = "") throws -> (Float, [Float]) {
    let net = try makeNet(
      input("x", [labels.count, scores.count / labels.count]) + input("l", [labels.count])
        + "layer { name: \"t\" type: \"Accuracy\" bottom: \"x\" bottom: \"l\" top: \"y\" top: \"c\" accuracy_param { \(fields) } }"
    )
    try net.blob(named: "x")?.setData(scores)
    try net.blob(named: "l")?.setData(labels)
    try net.forward()
    return (net.blob(named: "y")?.data[0] ?? .nan, net.blob(named: "c")?.data.values ?? [])
  }

  @Test func countsTheHighestScore() throws {
    let (share, classes) = try accuracy([1, 2, 3, 3, 2, 1, 1, 5, 1], [2, 0, 2])
    #expect(abs(share - 2.0 / 3) < 1e-6)
    #expect(classes == [1, 0, 0.5])
  }

  @Test func aTieIsLost() throws {
    #expect(try accuracy([1, 1], [0]).0 == 0)
    #expect(try accuracy([1, 1], [0], "top_k: 2").0 == 1)
  }

  @Test func ignoresALabel() throws {
    #expect(try accuracy([9, 0, 9, 0], [0, 1], "ignore_label: 1").0 == 1)
  }

  @Test func refusesALabelThatIsNoClass() throws {
    #expect {
      _ = try accuracy([1, 2, 3, 4], [0, 2])
    } throws: {
      "\($0)".says("layer \"t\"", "label 2", "2 classes")
    }
  }

  @Test(arguments: [(0, "1 or more"), (3, "at most 2")]) func refusesATopKOutsideTheClasses(k: Int, message: String) {
    #expect {
      _ = try accuracy([1, 2], [0], "top_k: \(k)")
    } throws: {
      "\($0)".says("layer \"t\"", "top_k is \(k)", message)
    }
  }

  @Test func refusesToBeALoss() throws {
    let net = try makeNet(
      input("x", [2, 3]) + input("l", [2])
        + """
        layer { name: "i" type: "InnerProduct" bottom: "x" top: "s" inner_product_param { num_output: 3 } }
        layer { name: "t" type: "Accuracy" bottom: "s" bottom: "l" top: "y" loss_weight: 1 }
        """)
    try net.forward()
    #expect {
      try net.backward()
    } throws: {
      "\($0)".says("layer \"t\"", "no gradient")
    }
  }
}
