import Caffe
import CaffeTestSupport
import Testing

struct DummyDataLayerTests {
  @Test func fillsEachTopWithItsFiller() throws {
    let net = try makeNet(
      """
      layer { name: "d" type: "DummyData" top: "a" top: "b" dummy_data_param {
        shape { dim: 2 dim: 3 } shape { dim: 4 }
        data_filler { value: 7 } data_filler { type: "uniform" min: 1 max: 2 } } }
      """)
    try net.forward()
    #expect(net.blob(named: "a")?.data.values == [7, 7, 7, 7, 7, 7])
    #expect(net.blob(named: "b")?.data.values.allSatisfy { $0 >= 1 && $0 <= 2 } == true)
  }

  @Test func makesNewRandomValuesForEveryForward() throws {
    let net = try makeNet(
      """
      layer { name: "d" type: "DummyData" top: "a" dummy_data_param { shape { dim: 9 } data_filler { type: "gaussian" } } }
      """)
    try net.forward()
    let first = net.blob(named: "a")?.data.values
    try net.forward()
    #expect(first != net.blob(named: "a")?.data.values)
  }

  @Test func fillsConstantsOnce() throws {
    let net = try makeNet(#"layer { name: "d" type: "DummyData" top: "a" dummy_data_param { shape { dim: 2 } } }"#)
    try net.forward()
    try net.blob(named: "a")?.setData([5, 6])
    try net.forward()
    #expect(net.blob(named: "a")?.data.values == [5, 6])
  }

  @Test func takesTheOlderExtents() throws {
    let net = try makeNet(
      """
      layer { name: "d" type: "DummyData" top: "a" top: "b"
        dummy_data_param { num: 2 num: 3 channels: 4 height: 5 width: 6 } }
      """)
    #expect(net.blob(named: "a")?.shape == [2, 4, 5, 6])
    #expect(net.blob(named: "b")?.shape == [3, 4, 5, 6])
  }

  @Test(arguments: [
    "", "shape { dim: 2 } num: 2", "num: 2 channels: 1 height: 1", "shape { dim: 1 } shape { dim: 2 } shape { dim: 3 }"
  ]) func refusesShapesThatDoNotFit(fields: String) {
    let text = failure("layer { name: \"d\" type: \"DummyData\" top: \"a\" top: \"b\" dummy_data_param { \(fields) } }")
    #expect(text.says("layer \"d\"", "dummy_data_param has"))
  }

  @Test func refusesAnUnknownFillerAndSuggestsOne() {
    let text = failure(
      """
      layer { name: "d" type: "DummyData" top: "a" dummy_data_param { shape { dim: 2 } data_filler { type: "gausian" } } }
      """)
    #expect(text.says("layer \"d\"", "\"gausian\"", "did you mean \"gaussian\""))
  }
}
