import Caffe
import CaffeTestSupport
import Testing

struct FilterLayerTests {
  @Test func passesTheBattery() {
    // All selectors are above 0.
    let battery = LayerBattery(
      "Filter",
      bottoms: [.init([3, 2], then: [4, 3]), .init([3], then: [4, 2, 2]), .init([3, 1], then: [4], .positive)],
      tops: [[3, 2], [3]], otherTops: [[4, 3], [4, 2, 2]])
    #expect(battery.failures() == [])
  }

  @Test func picksOtherRecordsAtEveryForward() throws {
    for engine in TestEngines.all {
      let net = try filter(engine)
      for (selectors, picked) in [
        ([1, 0, -2, 3], [0, 2, 3]), ([0, 1, 0, 0], [1]), ([0, 0, 0, 0], []), ([1, 1, 1, 1], [0, 1, 2, 3])
      ] as [([Float], [Int])] {
        try net.blob(named: "s")?.setData(selectors)
        try net.forward()
        let y = try #require(net.blob(named: "y"))
        #expect(y.shape == Shape([picked.count, 2]))
        #expect(y.data.values == picked.flatMap { [Float(2 * $0), Float(2 * $0 + 1)] })
        #expect(net.blob(named: "z")?.shape == Shape([picked.count]))
        try y.setDiff(y.data.values.map { $0 + 1 })
        try net.backward()
        let gradient = (0..<8).map { picked.contains($0 / 2) ? Float($0 + 1) : 0 }
        #expect(net.blob(named: "x")?.diff.values == gradient)
      }
    }
  }

  @Test func whatFollowsSeesTheNewShape() throws {
    let net = try filter(ReferenceEngine(), #"layer { name: "f" type: "Reduction" bottom: "y" top: "f" }"#)
    try net.blob(named: "s")?.setData([0, 1, 1, 0])
    try net.forward()
    #expect(net.blob(named: "f")?.data.values == [14])
  }

  @Test func refusesAnotherNumberOfTops() {
    let text = failure(
      input("x", [4, 2]) + input("s", [4])
        + #"layer { name: "t" type: "Filter" bottom: "x" bottom: "s" top: "y" top: "z" }"#)
    #expect(text.says("layer \"t\"", "2 tops for 2 bottoms"))
  }

  @Test(arguments: [
    ([4, 2], [3], "bottom 0 has the shape 4 2 (8)"), ([4, 2], [4, 2], "bottom 1, the selectors, has the shape 4 2 (8)"),
    ([4], [], "the selectors"), ([], [4], "bottom 0 has the shape (1)")
  ]) func refusesShapesThatDoNotFit(shape: [Int], selectors: [Int], message: String) {
    let text = failure(
      input("x", shape) + input("s", selectors)
        + #"layer { name: "t" type: "Filter" bottom: "x" bottom: "s" top: "y" }"#)
    #expect(text.says("layer \"t\"", message))
  }

  private func filter(_ engine: any Engine, _ more: String = "") throws -> Net {
    let net = try makeNet(
      "force_backward: true\n" + input("x", [4, 2]) + input("v", [4]) + input("s", [4, 1])
        + #"layer { name: "t" type: "Filter" bottom: "x" bottom: "v" bottom: "s" top: "y" top: "z" }"# + more,
      engine: engine)
    try net.blob(named: "x")?.setData((0..<8).map(Float.init))
    return net
  }
}
