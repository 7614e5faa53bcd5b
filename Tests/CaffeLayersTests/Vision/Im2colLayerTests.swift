import Caffe
import CaffeTestSupport
import Testing

struct Im2colLayerTests {
  @Test(arguments: [
    ("kernel_size: 2", [2, 8, 3, 2], [1, 8, 2, 4]),
    ("kernel_size: 2 stride: 3", [2, 8, 1, 1], [1, 8, 1, 2]),
    ("kernel_size: 3 stride: 2 pad: 1", [2, 18, 2, 2], [1, 18, 2, 3]),
    ("kernel_h: 1 kernel_w: 2 dilation: 2", [2, 4, 4, 1], [1, 4, 3, 3]),
    ("axis: 0 kernel_size: 1 kernel_size: 2 kernel_size: 1 num_output: 9 group: 5", [4, 2, 3, 3], [2, 2, 2, 5])
  ]) func passesTheBattery(fields: String, top: [Int], other: [Int]) {
    let battery = LayerBattery(
      "Im2col", "convolution_param { \(fields) }", bottoms: [.init([2, 2, 4, 3], then: [1, 2, 3, 5])], tops: [top],
      otherTops: [other])
    #expect(battery.failures() == [])
  }

  @Test func laysPatchesOutAsColumns() throws {
    let got = try output(
      of: #"type: "Im2col" convolution_param { kernel_size: 2 }"#, [1, 2, 3], [1, 1, 3])
    #expect(got == [1, 2, 2, 3])
  }

  @Test(arguments: [
    ("", "has no kernel"), ("kernel_size: 9", "reaches over 9 values"), ("kernel_size: 0", "give at least 1"),
    ("kernel_size: 1 axis: 3", "no axes after its channels"), ("kernel_size: 1 axis: 4", "axis 4")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    let text = failure(of: "type: \"Im2col\" convolution_param { \(fields) }", over: [1, 3, 8, 8])
    #expect(text.says("layer \"t\"", message))
  }
}
