import Caffe
import CaffeTestSupport
import Testing

struct ReductionLayerTests {
  @Test(arguments: ["SUM", "ASUM", "SUMSQ", "MEAN"], [("axis: 0", 0), ("axis: 1", 1), ("axis: -1 coeff: -0.5", 2)])
  func passesTheBattery(operation: String, fields: (text: String, axes: Int)) {
    let battery = LayerBattery(
      "Reduction", "reduction_param { operation: \(operation) \(fields.text) }",
      bottoms: [.init([2, 3, 4], then: [3, 1, 2], .separated)], tops: [Array([2, 3, 4].prefix(fields.axes))],
      otherTops: [Array([3, 1, 2].prefix(fields.axes))])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [("SUM", Float(-4)), ("ASUM", 16), ("SUMSQ", 60), ("MEAN", -1)])
  func reducesAndScales(operation: String, expected: Float) throws {
    let layer = "type: \"Reduction\" reduction_param { operation: \(operation) coeff: 2 }"
    #expect(try output(of: layer, [1, -5, 2, 0], [2, 2]) == [expected])
  }

  @Test(arguments: [2, -3]) func refusesAnAxisThatIsNotThere(axis: Int) {
    let text = failure(of: "type: \"Reduction\" reduction_param { axis: \(axis) }", over: [2, 2])
    #expect(text.says("layer \"t\"", "axis \(axis)"))
  }
}
