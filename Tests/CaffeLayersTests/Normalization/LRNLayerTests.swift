import Caffe
import CaffeTestSupport
import Testing

struct LRNLayerTests {
  @Test(arguments: ["", "local_size: 3 alpha: 0.5 beta: 0.6 k: 2", "local_size: 3 norm_region: WITHIN_CHANNEL alpha: 2"]
  )
  func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "LRN", "lrn_param { \(fields) }", bottoms: [.init([2, 6, 3, 4], then: [1, 3, 5, 2])], tops: [[2, 6, 3, 4]],
      otherTops: [[1, 3, 5, 2]])
    #expect(battery.failures() == [])
  }

  @Test func takesKOfOneWithinAChannel() throws {
    let values: [Float] = [1, -2, 3, 4]
    let plain = try output(of: #"type: "LRN" lrn_param { norm_region: WITHIN_CHANNEL }"#, values, [1, 1, 2, 2])
    let other = try output(of: #"type: "LRN" lrn_param { norm_region: WITHIN_CHANNEL k: 5 }"#, values, [1, 1, 2, 2])
    #expect(plain == other)
  }

  @Test(arguments: [0, 4]) func refusesAnEvenSize(size: Int) {
    let text = failure(of: "type: \"LRN\" lrn_param { local_size: \(size) }", over: [1, 2, 3, 4])
    #expect(text.says("layer \"t\"", "local_size is \(size)", "odd"))
  }

  @Test func refusesABottomWithoutFourAxes() {
    #expect(failure(of: #"type: "LRN""#, over: [2, 3]).says("layer \"t\"", "2 3 (6)", "4 axes"))
  }
}
