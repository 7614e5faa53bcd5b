import Caffe
import CaffeTestSupport
import Testing

struct BatchReindexLayerTests {
  @Test func passesTheBattery() {
    let battery = LayerBattery(
      "BatchReindex", bottoms: [.init([3, 2, 2], then: [3, 4]), .init([5], then: [2], .labels(3))], tops: [[5, 2, 2]],
      otherTops: [[2, 4]])
    #expect(battery.failures() == [])
  }

  @Test func picksAndRepeats() throws {
    let net = try reindex([2, 0, 2])
    try net.forward()
    #expect(net.blob(named: "y")?.data.values == [5, 6, 1, 2, 5, 6])
    try net.blob(named: "y")?.setDiff([1, 2, 3, 4, 5, 6])
    try net.backward()
    #expect(net.blob(named: "x")?.diff.values == [3, 4, 0, 0, 6, 8])
  }

  @Test(arguments: [-1, 3, 1.5, Float.infinity]) func refusesAnIndexBeyondTheRecords(index: Float) throws {
    let net = try reindex([0, index, 1])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "value 1 of bottom 1, of item 1 of the batch, is ", ", no index of the 3 rows")
    }
  }

  @Test(arguments: [([3, 2], [2, 1], "bottom 1 has the shape 2 1 (2)"), ([], [2], "bottom 0 has the shape (1)")])
  func refusesShapesThatDoNotFit(shape: [Int], indices: [Int], message: String) {
    let text = failure(
      input("x", shape) + input("i", indices)
        + #"layer { name: "t" type: "BatchReindex" bottom: "x" bottom: "i" top: "y" }"#)
    #expect(text.says("layer \"t\"", message))
  }

  @Test func itsIndicesHaveNoGradient() {
    let text = failureOfBackward(
      input("x", [2]) + #"layer { name: "p" type: "Parameter" top: "w" parameter_param { shape { dim: 2 } } }"#
        + #"layer { name: "t" type: "BatchReindex" bottom: "x" bottom: "w" top: "y" }"#
        + #"layer { name: "r" type: "Reduction" bottom: "y" top: "r" loss_weight: 1 }"#)
    #expect(text.says("layer \"t\"", "no gradient"))
  }

  private func reindex(_ indices: [Float]) throws -> Net {
    let net = try makeNet(
      "force_backward: true\n" + input("x", [3, 2]) + input("i", [indices.count])
        + #"layer { name: "t" type: "BatchReindex" bottom: "x" bottom: "i" top: "y" }"#)
    try net.blob(named: "x")?.setData([1, 2, 3, 4, 5, 6])
    try net.blob(named: "i")?.setData(indices)
    return net
  }
}
