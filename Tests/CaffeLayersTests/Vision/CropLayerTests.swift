import Caffe
import CaffeTestSupport
import Testing

struct CropLayerTests {
  @Test(arguments: [
    ("offset: 1 offset: 2", [2, 3, 2, 3], [1, 2, 4, 1]), ("axis: 1 offset: 1", [2, 1, 2, 3], [1, 1, 4, 1]),
    ("axis: -1", [2, 3, 4, 3], [1, 2, 5, 1])
  ]) func passesTheBattery(fields: String, top: [Int], other: [Int]) {
    let battery = LayerBattery(
      "Crop", "crop_param { \(fields) }",
      bottoms: [.init([2, 3, 4, 5], then: [1, 2, 5, 3]), .init([1, 1, 2, 3], then: [2, 1, 4, 1])], tops: [top],
      otherTops: [other])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [
    ("axis: 4", "axis 4"), ("offset: 1 offset: 1 offset: 1", "3 offsets for the 2 axes"), ("offset: 3", "axis 2"),
    ("offset: 0 offset: 3", "axis 3: offset 3 and 3 values"), ("axis: 0", "axis 0: offset 0 and 3 values"),
    ("offset: 4294967295", "offset 4294967295")
  ]) func refusesWhatDoesNotFit(fields: String, message: String) {
    let text = failure(
      input("x", [2, 3, 4, 5]) + input("r", [3, 3, 2, 3])
        + "layer { name: \"t\" type: \"Crop\" bottom: \"x\" bottom: \"r\" top: \"y\" crop_param { \(fields) } }")
    #expect(text.says("layer \"t\"", message))
  }

  @Test func refusesFewerAxes() {
    let text = failure(
      input("x", [2, 3, 4, 5]) + input("r", [2, 3])
        + #"layer { name: "t" type: "Crop" bottom: "x" bottom: "r" top: "y" }"#)
    #expect(text.says("layer \"t\"", "bottom 1 has the shape 2 3 (6)", "2 3 4 5 (120)"))
  }
}
