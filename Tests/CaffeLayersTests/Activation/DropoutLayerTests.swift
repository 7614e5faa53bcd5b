import Caffe
import CaffeTestSupport
import Testing

struct DropoutLayerTests {
  @Test func passesTheBatteryAtTest() {
    var battery = LayerBattery("Dropout", bottoms: [.init([4, 6], then: [2, 3])], tops: [[4, 6]], otherTops: [[2, 3]])
    battery.inPlace = true
    battery.phase = .test
    #expect(battery.failures() == [])
  }

  @Test func dropsTheShareAndScalesTheRestUp() throws {
    let got = try output(
      of: #"type: "Dropout" dropout_param { dropout_ratio: 0.25 }"#, [Float](repeating: 3, count: 20000), [100, 200])
    #expect(Set(got) == [0, 4])
    let dropped = Double(got.count { $0 == 0 }) / 20000
    #expect(abs(dropped - 0.25) < 0.015)
  }

  @Test func dropsOtherValuesAtEveryForward() throws {
    let net = try dropout(inPlace: false)
    try net.forward()
    let first = net.blob(named: "y")?.data.values
    try net.forward()
    #expect(first != net.blob(named: "y")?.data.values)
  }

  @Test(arguments: [false, true]) func backwardDropsTheSameValues(inPlace: Bool) throws {
    let net = try dropout(inPlace: inPlace)
    try net.forward()
    let output = net.blob(named: inPlace ? "h" : "y")
    let mask = output?.data.values.map { $0 == 0 ? Float(0) : 2 } ?? []
    try output?.setDiff([Float](repeating: 1, count: mask.count))
    try net.backward()
    #expect(net.blob(named: "x")?.diff.values == mask)
    #expect(Set(mask) == [0, 2])
  }

  @Test func givesTheSameMaskOnEveryEngine() throws {
    let masks = try TestEngines.all.map { engine in
      let net = try makeNet(
        input("x", [64]) + #"layer { name: "t" type: "Dropout" bottom: "x" top: "y" }"#, engine: engine)
      try net.blob(named: "x")?.setData([Float](repeating: 1, count: 64))
      try net.forward()
      return net.blob(named: "y")?.data.values ?? []
    }
    #expect(Set(masks).count == 1)
  }

  @Test(arguments: ["1", "-0.1", "1e30"]) func refusesARatioThatMakesNoSense(ratio: String) {
    let text = failure(of: "type: \"Dropout\" dropout_param { dropout_ratio: \(ratio) }", over: [2])
    #expect(text.says("layer \"t\"", "dropout_ratio is", "less than 1"))
  }

  private func dropout(inPlace: Bool) throws -> Net {
    let net = try makeNet(
      "force_backward: true\n" + input("x", [50])
        + """
        layer { name: "p" type: "Power" bottom: "x" top: "h" }
        layer { name: "t" type: "Dropout" bottom: "h" top: "\(inPlace ? "h" : "y")" }
        """)
    try net.blob(named: "x")?.setData((1...50).map(Float.init))
    return net
  }
}
