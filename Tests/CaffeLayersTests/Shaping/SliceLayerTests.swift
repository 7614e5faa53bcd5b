import Caffe
import CaffeTestSupport
import Testing

struct SliceLayerTests {
  @Test func passesTheBatteryInEqualParts() {
    let battery = LayerBattery(
      "Slice", bottoms: [.init([2, 4, 3], then: [3, 6])], tops: [[2, 2, 3], [2, 2, 3]], otherTops: [[3, 3], [3, 3]])
    #expect(battery.failures() == [])
  }

  @Test func passesTheBatteryAtPoints() {
    let battery = LayerBattery(
      "Slice", "slice_param { axis: -1 slice_point: 1 slice_point: 3 }", bottoms: [.init([2, 4], then: [3, 2, 6])],
      tops: [[2, 1], [2, 2], [2, 1]], otherTops: [[3, 2, 1], [3, 2, 2], [3, 2, 3]])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [
    ("", "equal parts"), ("slice_point: 1 slice_point: 2", "2 slice_point for 2 tops"), ("slice_point: 5", "inside it"),
    ("slice_point: 0", "inside it"), ("axis: 1 slice_dim: 1", "keep axis")
  ]) func refusesCutsThatDoNotFit(fields: String, message: String) {
    let text = failure(
      input("x", [2, 5])
        + "layer { name: \"t\" type: \"Slice\" bottom: \"x\" top: \"a\" top: \"b\" slice_param { \(fields) } }")
    #expect(text.says("layer \"t\"", message))
  }
}
