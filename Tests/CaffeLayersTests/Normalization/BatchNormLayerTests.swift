import Caffe
import CaffeTestSupport
import Testing

struct BatchNormLayerTests {
  @Test(arguments: [
    ([4, 3, 2, 5], [2, 3, 4, 1]), ([6, 3], [9, 3]), ([3, 4, 5], [2, 4, 3]), ([8], [5])
  ]) func passesTheBattery(shape: [Int], other: [Int]) {
    var battery = LayerBattery(
      "BatchNorm", "batch_norm_param { eps: 0.01 }", bottoms: [.init(shape, then: other)], tops: [shape],
      otherTops: [other])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test(arguments: [Phase.train, .test]) func takesItsAveragesAtTestUnlessTold(phase: Phase) throws {
    for engine in TestEngines.all {
      let net = try makeNet(norm("use_global_stats: true eps: 0"), phase: phase, engine: engine)
      try setStatistics(net)
      try net.blob(named: "x")?.setData([3, 1, 5, 1])
      try net.forward()
      let got = net.blob(named: "y")?.data.values ?? []
      for (value, expected) in zip(got, [1, -2, 2, -2] as [Float]) { #expect(abs(value - expected) < 1e-6) }
      #expect(net.layer(named: "t")?.blobs.map(\.data.values) == [[2, 10], [8, 8], [2]])
    }
  }

  @Test func withAveragesHasItsGradient() throws {
    for engine in TestEngines.all {
      let net = try makeNet(norm(""), phase: .test, engine: engine)
      try setStatistics(net)
      let x = try #require(net.blob(named: "x"))
      try x.setData([0.3, -0.2, 0.5, 1])
      #expect(try NetGradientCheck().failures(of: net, blobs: [("x", x)]) == [])
    }
  }

  @Test func keepsMovingSums() throws {
    let net = try makeNet(norm("moving_average_fraction: 0.5"))
    try setStatistics(net)
    try net.blob(named: "x")?.setData([3, 1, 5, 1])
    try net.forward()
    let statistics = net.layer(named: "t")?.blobs.map(\.data.values)
    #expect(statistics == [[5, 6], [6, 4], [2]])
  }

  @Test func withoutAveragesTheirMeanIsZero() throws {
    let net = try makeNet(norm("eps: 0.25"), phase: .test)
    try net.blob(named: "x")?.setData([3, 1, 5, 1])
    try net.forward()
    #expect(net.blob(named: "y")?.data.values == [6, 2, 10, 2])
  }

  @Test func aLayerInPlaceAfterItLeavesItsGradientRight() throws {
    for engine in TestEngines.all {
      let net = try makeNet(
        norm("eps: 0.01")
          + #"layer { name: "p" type: "Power" bottom: "y" top: "y" power_param { power: 2 shift: 3 } }"#,
        engine: engine)
      let x = try #require(net.blob(named: "x"))
      try x.setData([0.3, -0.2, 0.5, 1])
      #expect(try NetGradientCheck().failures(of: net, blobs: [("x", x)]) == [])
    }
  }

  @Test func itsStatisticsAreNotLearned() throws {
    let net = try makeNet(norm(""))
    #expect(net.parameters.map(\.rateMultiplier) == [0, 0, 0])
  }

  @Test(arguments: ["lr_mult: 1", "decay_mult: 0"]) func refusesARateForItsStatistics(spec: String) {
    let text = failure(of: "type: \"BatchNorm\" param { lr_mult: 0 } param { \(spec) }", over: [2, 3])
    #expect(text.says("layer \"t\"", "param 1 has lr_mult 1", "statistics", "lr_mult: 0"))
  }

  @Test func takesARateOfZero() {
    #expect(failure(of: #"type: "BatchNorm" param { lr_mult: 0 } param { lr_mult: 0 }"#, over: [2, 3]) == "")
  }

  @Test(arguments: [("eps: -1", "eps is -1"), ("eps: nan", "eps is nan"), ("moving_average_fraction: inf", "is inf")])
  func refusesNumbersThatMakeNoSense(fields: String, message: String) {
    let text = failure(of: "type: \"BatchNorm\" batch_norm_param { \(fields) }", over: [2, 3])
    #expect(text.says("layer \"t\"", message))
  }

  @Test func refusesOtherChannelsThanBefore() throws {
    let net = try makeNet(norm(""))
    net.blob(named: "x")?.reshape(to: [2, 3])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "2 3 (6)", "expected 2")
    }
  }

  @Test func refusesAScalar() {
    #expect(failure(of: #"type: "BatchNorm""#, over: []).says("layer \"t\"", "no axes"))
  }

  /// Two images of two channels.
  private func norm(_ fields: String) -> String {
    "force_backward: true\n" + input("x", [2, 2])
      + "layer { name: \"t\" type: \"BatchNorm\" bottom: \"x\" top: \"y\" batch_norm_param { \(fields) } }\n"
  }

  private func setStatistics(_ net: Net) throws {
    let blobs = try #require(net.layer(named: "t")?.blobs)
    try blobs[0].setData([2, 10])
    try blobs[1].setData([8, 8])
    try blobs[2].setData([2])
  }
}
