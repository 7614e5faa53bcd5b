import Caffe
import CaffeTestSupport
import Testing

struct MVNLayerTests {
  @Test(arguments: ["", "across_channels: true", "normalize_variance: false", "eps: 1e-5"])
  func passesTheBattery(fields: String) {
    var battery = LayerBattery(
      "MVN", "mvn_param { \(fields) }", bottoms: [.init([2, 3, 3, 4], then: [1, 2, 5, 2])], tops: [[2, 3, 3, 4]],
      otherTops: [[1, 2, 5, 2]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func takesEachChannelOrAllTogether() throws {
    let values: [Float] = [1, 3, 5, 7]
    #expect(
      try output(of: #"type: "MVN" mvn_param { normalize_variance: false }"#, values, [1, 2, 2]) == [-1, 1, -1, 1])
    let fields = "normalize_variance: false across_channels: true"
    #expect(try output(of: "type: \"MVN\" mvn_param { \(fields) }", values, [1, 2, 2]) == [-3, -1, 1, 3])
    let scaled = try output(of: #"type: "MVN""#, values, [1, 2, 2])
    for (value, expected) in zip(scaled, [-1, 1, -1, 1] as [Float]) { #expect(abs(value - expected) < 1e-6) }
  }

  @Test func aLayerInPlaceAfterItLeavesItsGradientRight() throws {
    let net = try makeNet(
      "force_backward: true\n" + input("x", [2, 1, 3])
        + """
        layer { name: "t" type: "MVN" bottom: "x" top: "y" }
        layer { name: "p" type: "Power" bottom: "y" top: "y" power_param { power: 2 shift: 3 } }
        """)
    let x = try #require(net.blob(named: "x"))
    try x.setData([0.3, -0.2, 0.9, 1, -1, 0])
    #expect(try NetGradientCheck().failures(of: net, blobs: [("x", x)]) == [])
  }

  @Test func refusesWhatMakesNoSense() {
    #expect(failure(of: #"type: "MVN" mvn_param { eps: -1 }"#, over: [2]).says("layer \"t\"", "eps is -1"))
    #expect(failure(of: #"type: "MVN""#, over: []).says("layer \"t\"", "no axes"))
  }
}
