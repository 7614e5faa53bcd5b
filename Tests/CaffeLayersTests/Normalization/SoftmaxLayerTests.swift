import Caffe
import CaffeTestSupport
import Testing

struct SoftmaxLayerTests {
  @Test(arguments: [1, -1, 0]) func passesTheBattery(axis: Int) {
    var battery = LayerBattery(
      "Softmax", "softmax_param { axis: \(axis) }", bottoms: [.init([2, 4, 3], then: [3, 5])], tops: [[2, 4, 3]],
      otherTops: [[3, 5]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func doesNotOverflow() throws {
    #expect(try output(of: #"type: "Softmax""#, [1000, 1000, -1000, 0, 0, 2000], [2, 3]) == [0.5, 0.5, 0, 0, 0, 1])
  }

  @Test func refusesAnAxisThatIsNotThere() {
    let text = failure(of: #"type: "Softmax" softmax_param { axis: 2 }"#, over: [2, 3])
    #expect(text.says("layer \"t\"", "axis 2", "[2 3]"))
  }
}
