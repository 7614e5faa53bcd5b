import Caffe
import CaffeTestSupport
import Testing

struct ParameterLayerTests {
  @Test(arguments: [[2, 3], []]) func passesTheBattery(shape: [Int]) {
    let extents = shape.map { "dim: \($0)" }.joined(separator: " ")
    let battery = LayerBattery(
      "Parameter", "parameter_param { shape { \(extents) } }", bottoms: [], tops: [shape], otherTops: [shape])
    #expect(battery.failures() == [])
  }

  @Test func itsGradientsAddUp() throws {
    let net = try makeNet(
      #"layer { name: "t" type: "Parameter" top: "w" parameter_param { shape { dim: 2 } } }"#
        + #"layer { name: "r" type: "Reduction" bottom: "w" top: "r" loss_weight: 1 reduction_param { coeff: 3 } }"#)
    for _ in 0..<2 {
      try net.forward()
      try net.backward()
    }
    #expect(net.parameters.map(\.blob.diff.values) == [[6, 6]])
  }

  @Test func aLayerInPlaceAfterItLeavesItAsItIs() throws {
    let net = try makeNet(
      #"layer { name: "t" type: "Parameter" top: "w" parameter_param { shape { dim: 2 } } }"#
        + #"layer { name: "p" type: "Power" bottom: "w" top: "w" power_param { shift: 1 } }"#)
    try net.forward()
    try net.forward()
    #expect(net.blob(named: "w")?.data.values == [1, 1])
    #expect(net.parameters.map(\.blob.data.values) == [[0, 0]])
  }

  @Test func refusesNegativeExtents() {
    let text = failure(#"layer { name: "t" type: "Parameter" top: "w" parameter_param { shape { dim: -2 } } }"#)
    #expect(text.says("layer \"t\"", "-2"))
  }
}
