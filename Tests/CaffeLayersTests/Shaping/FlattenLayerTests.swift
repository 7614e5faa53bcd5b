import Caffe
import CaffeTestSupport
import Testing

struct FlattenLayerTests {
  @Test func passesTheBattery() {
    let battery = LayerBattery(
      "Flatten", bottoms: [.init([2, 3, 4, 2], then: [3, 5])], tops: [[2, 24]], otherTops: [[3, 5]])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [("axis: 0", [48]), ("axis: 1 end_axis: 2", [2, 12, 2]), ("axis: -3 end_axis: -2", [2, 12, 2])])
  func makesTheAxesOne(fields: String, shape: [Int]) throws {
    let net = try makeNet(
      input("x", [2, 3, 4, 2])
        + "layer { name: \"t\" type: \"Flatten\" bottom: \"x\" top: \"y\" flatten_param { \(fields) } }")
    #expect(net.blob(named: "y")?.shape.extents == shape)
  }

  @Test(arguments: [("axis: 2 end_axis: 1", "comes after end_axis 1"), ("axis: 4", "axis 4")])
  func refusesAxesThatDoNotFit(
    fields: String, message: String
  ) {
    let text = failure(of: "type: \"Flatten\" flatten_param { \(fields) }", over: [2, 3, 4])
    #expect(text.says("layer \"t\"", message))
  }
}
