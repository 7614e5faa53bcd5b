import Caffe
import CaffeTestSupport
import Testing

struct ReshapeLayerTests {
  @Test func passesTheBattery() {
    let battery = LayerBattery(
      "Reshape", "reshape_param { shape { dim: 0 dim: 2 dim: -1 } }", bottoms: [.init([3, 4, 2], then: [5, 6])],
      tops: [[3, 2, 4]], otherTops: [[5, 2, 3]])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [
    ("shape { dim: 4 dim: 6 }", [4, 6]), ("axis: 1 num_axes: 1 shape { dim: 3 dim: 1 }", [2, 3, 1, 4]),
    ("axis: -1 shape { dim: 1 }", [2, 3, 4, 1]), ("axis: 0 num_axes: 0 shape { dim: 1 }", [1, 2, 3, 4]),
    ("axis: 1 shape { dim: -1 }", [2, 12])
  ]) func replacesTheAxes(fields: String, shape: [Int]) throws {
    let net = try makeNet(
      input("x", [2, 3, 4])
        + "layer { name: \"t\" type: \"Reshape\" bottom: \"x\" top: \"y\" reshape_param { \(fields) } }")
    #expect(net.blob(named: "y")?.shape.extents == shape)
  }

  @Test(arguments: [
    ("shape { dim: 5 dim: 5 }", "as many values"), ("shape { dim: -1 dim: 5 }", "as many values"),
    ("shape { dim: -1 dim: -1 }", "only one"), ("shape { dim: -2 }", "extents are"),
    ("axis: 4 shape { dim: 1 }", "3 axes"),
    ("num_axes: 9", "3 axes"), ("num_axes: -2", "num_axes is -2"),
    ("shape { dim: 2 dim: 3 dim: 4 dim: 0 }", "without such an axis")
  ]) func refusesShapesThatDoNotFit(fields: String, message: String) {
    let text = failure(of: "type: \"Reshape\" reshape_param { \(fields) }", over: [2, 3, 4])
    #expect(text.says("layer \"t\"", message))
  }
}
