import Caffe
import CaffeTestSupport
import Testing

struct TileLayerTests {
  @Test(arguments: [
    ("tiles: 3", [2, 9, 2], [1, 3, 4]), ("axis: 0 tiles: 2", [4, 3, 2], [2, 1, 4]),
    ("axis: -1 tiles: 2", [2, 3, 4], [1, 1, 8]), ("tiles: 1", [2, 3, 2], [1, 1, 4])
  ]) func passesTheBattery(fields: String, top: [Int], other: [Int]) {
    let battery = LayerBattery(
      "Tile", "tile_param { \(fields) }", bottoms: [.init([2, 3, 2], then: [1, 1, 4])], tops: [top], otherTops: [other])
    #expect(battery.failures() == [])
  }

  @Test func repeatsAlongItsAxis() throws {
    #expect(
      try output(of: #"type: "Tile" tile_param { tiles: 2 }"#, [1, 2, 3, 4], [2, 2]) == [1, 2, 1, 2, 3, 4, 3, 4])
  }

  @Test(arguments: [
    ("", "tiles is 0"), ("tiles: -2", "tiles is -2"), ("tiles: 2 axis: 2", "axis 2"),
    ("tiles: 2147483647", "an axis holds at most 2147483647 values")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    let text = failure(of: "type: \"Tile\" tile_param { \(fields) }", over: [1000, 1000])
    #expect(text.says("layer \"t\"", message))
  }
}
