import Caffe
import CaffeTestSupport
import Testing

struct ConcatLayerTests {
  @Test(arguments: ["", "axis: -2", "concat_dim: 1"]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "Concat", "concat_param { \(fields) }",
      bottoms: [.init([2, 3, 2], then: [4, 1, 3]), .init([2, 1, 2], then: [4, 5, 3])], tops: [[2, 4, 2]],
      otherTops: [[4, 6, 3]])
    #expect(battery.failures() == [])
  }

  @Test func putsBlobsOneAfterTheOther() throws {
    let net = try makeNet(
      input("a", [2, 1]) + input("b", [2, 2]) + #"layer { name: "t" type: "Concat" bottom: "a" bottom: "b" top: "y" }"#)
    try net.blob(named: "a")?.setData([1, 2])
    try net.blob(named: "b")?.setData([3, 4, 5, 6])
    try net.forward()
    #expect(net.blob(named: "y")?.data.values == [1, 3, 4, 2, 5, 6])
  }

  @Test(arguments: [[3, 5], [2, 5, 1]]) func refusesShapesThatDifferElsewhere(shape: [Int]) {
    let text = failure(
      input("a", [2, 3]) + input("b", shape) + #"layer { name: "t" type: "Concat" bottom: "a" bottom: "b" top: "y" }"#)
    #expect(text.says("layer \"t\"", "bottom 1 has the shape", "2 3 (6)", "axis 1"))
  }

  @Test func refusesBothNamesOfTheAxis() {
    let text = failure(of: #"type: "Concat" concat_param { axis: 1 concat_dim: 1 }"#, over: [2, 3])
    #expect(text.says("layer \"t\"", "keep axis"))
  }
}
