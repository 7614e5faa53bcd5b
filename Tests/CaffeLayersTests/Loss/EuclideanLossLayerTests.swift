import Caffe
import CaffeTestSupport
import Testing

struct EuclideanLossLayerTests {
  @Test(arguments: ["", "loss_weight: 0.4"]) func passesTheBattery(fields: String) {
    let bottom = LayerBattery.Bottom([4, 3, 2], then: [2, 5])
    let battery = LayerBattery("EuclideanLoss", fields, bottoms: [bottom, bottom], tops: [[]], otherTops: [[]])
    #expect(battery.failures() == [])
  }

  @Test func isHalfTheMeanSquaredDistance() throws {
    let net = try makeNet(
      input("a", [2, 2]) + input("b", [2, 2])
        + #"layer { name: "t" type: "EuclideanLoss" bottom: "a" bottom: "b" top: "y" }"#)
    try net.blob(named: "a")?.setData([1, 2, 3, 4])
    #expect(try net.forward() == 7.5)
  }

  @Test func refusesShapesThatDoNotFit() {
    let text = failure(
      input("a", [2, 3]) + input("b", [3, 2])
        + #"layer { name: "t" type: "EuclideanLoss" bottom: "a" bottom: "b" top: "y" }"#)
    #expect(text.says("layer \"t\"", "2 3 (6)", "3 2 (6)"))
  }
}
