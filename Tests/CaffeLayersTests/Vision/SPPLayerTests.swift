import Caffe
import CaffeTestSupport
import Testing

struct SPPLayerTests {
  @Test(arguments: ["MAX", "AVE"]) func passesTheBattery(method: String) {
    for (height, top, other) in [
      (1, [2, 2, 1, 1], [1, 2, 1, 1]), (2, [2, 10], [1, 10]), (3, [2, 42], [1, 42])
    ] as [(Int, [Int], [Int])] {
      let battery = LayerBattery(
        "SPP", "spp_param { pyramid_height: \(height) pool: \(method) }",
        bottoms: [.init([2, 2, 4, 7], then: [1, 2, 8, 6], .separated)], tops: [top], otherTops: [other])
      #expect(battery.failures() == [])
    }
  }

  @Test func putsLevelsOneAfterTheOther() throws {
    let got = try output(
      of: #"type: "SPP" spp_param { pyramid_height: 2 }"#, [1, 2, 3, 4, 8, 7, 6, 5], [1, 2, 2, 2])
    #expect(got == [4, 8, 1, 2, 3, 4, 8, 7, 6, 5])
  }

  @Test func drawsWhileTraining() throws {
    let layer = #"type: "SPP" spp_param { pyramid_height: 1 pool: STOCHASTIC }"#
    #expect(try output(of: layer, [0, 0, 5, 0], [1, 1, 2, 2]) == [5])
    #expect(try output(of: layer, [1, 1, 2, 0], [1, 1, 2, 2], phase: .test) == [1.5])
  }

  @Test(arguments: [
    ("", "pyramid_height is 0"), ("pyramid_height: 4", "8 × 8 windows"),
    ("pyramid_height: 4294967295", "8 × 8 windows"),
    ("pyramid_height: 3 pool: STOCHASTIC", "stochastic")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    let text = failure(of: "type: \"SPP\" spp_param { \(fields) }", over: [1, 1, 6, 7])
    #expect(text.says("layer \"t\"", message))
  }

  @Test(arguments: [[2, 3], [1, 1, 0, 4]]) func refusesShapesThatAreNoImages(shape: [Int]) {
    #expect(
      failure(of: #"type: "SPP" spp_param { pyramid_height: 1 }"#, over: shape).says(
        "layer \"t\"", "bottom 0 has the shape \(Shape(shape))"))
  }
}
