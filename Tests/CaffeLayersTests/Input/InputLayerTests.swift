import Caffe
import CaffeTestSupport
import Testing

struct InputLayerTests {
  @Test func givesEachTopItsShape() throws {
    let net = try makeNet(
      #"layer { name: "in" type: "Input" top: "a" top: "b" input_param { shape { dim: 2 dim: 3 } shape { dim: 4 } } }"#)
    #expect(net.blob(named: "a")?.shape == [2, 3])
    #expect(net.blob(named: "b")?.shape == [4])
  }

  @Test func givesOneShapeToAllTops() throws {
    let net = try makeNet(
      #"layer { name: "in" type: "Input" top: "a" top: "b" input_param { shape { dim: 2 dim: 3 } } }"#)
    #expect(net.blob(named: "b")?.shape == [2, 3])
  }

  @Test func leavesAShapeThatTheProgramSets() throws {
    let net = try makeNet(input("x", [2]) + #"layer { name: "r" type: "ReLU" bottom: "x" top: "y" }"#)
    net.blob(named: "x")?.reshape(to: [5, 3])
    try net.forward()
    #expect(net.blob(named: "y")?.shape == [5, 3])
  }

  @Test func refusesAnotherNumberOfShapes() {
    let text = failure(
      #"layer { name: "in" type: "Input" top: "a" top: "b" top: "c" input_param { shape { dim: 2 } shape { dim: 4 } } }"#
    )
    #expect(text.says("layer \"in\"", "2 shapes for 3 tops"))
  }

  @Test func refusesANegativeExtent() {
    #expect(failure(input("x", [2, -1])).says("layer \"x\"", "negative extent -1"))
  }

  @Test func refusesAShapeBeyondMemory() {
    #expect(failure(input("x", [1 << 30, 1 << 30])).says("more values than memory can address"))
  }
}
