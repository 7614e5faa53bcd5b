import Caffe
import CaffeTestSupport
import Testing

struct EltwiseLayerTests {
  private func battery(_ fields: String, inPlace: Bool = false, _ values: LayerBattery.Values = .even) -> LayerBattery {
    let bottom = LayerBattery.Bottom([2, 3, 2], then: [5], values)
    var battery = LayerBattery(
      "Eltwise", "eltwise_param { \(fields) }", bottoms: [bottom, bottom, bottom], tops: [[2, 3, 2]], otherTops: [[5]])
    battery.inPlace = inPlace
    return battery
  }

  @Test(arguments: ["", "coeff: 1 coeff: -0.5 coeff: 2", "coeff: 2 coeff: 1 coeff: 1"]) func sumPassesTheBattery(
    fields: String
  ) {
    #expect(battery(fields, inPlace: true).failures() == [])
  }

  @Test func maximumPassesTheBattery() {
    #expect(battery("operation: MAX", inPlace: true, .separated).failures() == [])
  }

  @Test(arguments: [true, false]) func productHasItsGradient(stable: Bool) throws {
    for engine in TestEngines.all {
      let subject = battery("operation: PROD stable_prod_grad: \(stable)", .positive)
      let net = try subject.net(engine)
      try subject.fill(net)
      let blobs = ["b0", "b1", "b2"].compactMap { name in net.blob(named: name).map { (name, $0) } }
      #expect(blobs.count == 3)
      #expect(try NetGradientCheck().failures(of: net, blobs: blobs) == [])
    }
  }

  @Test func productPassesTheBatteryButForItsInPlaceGradient() {
    let failures = battery("operation: PROD", inPlace: true, .positive).failures()
    #expect(failures.allSatisfy { $0.contains("no gradient: give the top its own name") })
    #expect(failures.count == TestEngines.all.count)
  }

  @Test func refusesShapesThatDiffer() {
    let text = failure(
      input("a", [2, 3]) + input("b", [3, 2]) + #"layer { name: "t" type: "Eltwise" bottom: "a" bottom: "b" top: "y" }"#
    )
    #expect(text.says("layer \"t\"", "3 2 (6)", "2 3 (6)"))
  }

  @Test(arguments: [
    ("operation: PROD coeff: 1 coeff: 1", "only SUM takes factors"), ("coeff: 1", "1 coeff for 2 bottoms")
  ])
  func refusesFactorsThatDoNotFit(fields: String, message: String) {
    let text = failure(
      input("a", [2]) + input("b", [2])
        + "layer { name: \"t\" type: \"Eltwise\" bottom: \"a\" bottom: \"b\" top: \"y\" eltwise_param { \(fields) } }")
    #expect(text.says("layer \"t\"", message))
  }
}
