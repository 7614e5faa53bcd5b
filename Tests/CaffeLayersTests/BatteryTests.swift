import Caffe
import CaffeTestSupport
import Testing

/// A rectifier whose gradient leaks where it must not.
private final class LeakyBackward: Layer {
  override class var typeName: String { "ReLU" }
  override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  override class var allowsInPlace: Bool { true }

  override func reshape(bottom: [Blob], top: [Blob]) throws { top[0].reshape(to: bottom[0].shape) }

  override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.map(.relu(negativeSlope: 0), input: bottom[0].data, output: top[0].data, count: bottom[0].count)
  }

  override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    engine.mapBackward(
      .relu(negativeSlope: 0.02), input: bottom[0].data, output: top[0].data, outputGradient: top[0].diff,
      inputGradient: bottom[0].diff, count: bottom[0].count)
  }
}

/// A rectifier that forgets to follow its bottom's shape.
private final class StiffShape: Layer {
  override class var typeName: String { "ReLU" }
  override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  override func setUp(bottom: [Blob], top: [Blob]) throws { top[0].reshape(to: bottom[0].shape) }

  override func forward(bottom: [Blob], top: [Blob]) throws {
    let count = min(bottom[0].count, top[0].count)
    engine.map(.relu(negativeSlope: 0), input: bottom[0].data, output: top[0].data, count: count)
  }
}

struct BatteryTests {
  private func battery(_ type: Layer.Type) -> LayerBattery {
    var battery = LayerBattery(
      "ReLU", bottoms: [.init([3, 4], then: [2, 2], .separated)], tops: [[3, 4]], otherTops: [[2, 2]])
    battery.registry.register(type)
    battery.inPlace = true
    return battery
  }

  @Test func findsAWrongGradient() {
    let failures = battery(LeakyBackward.self).failures()
    #expect(failures.contains { $0.contains("gradient: b0[") })
    #expect(failures.contains { $0.contains("reference: reference relu") && $0.contains("FAILED") })
  }

  @Test func findsAShapeThatDoesNotFollow() {
    #expect(battery(StiffShape.self).failures().contains { $0.contains("has the shape [3, 4], not [2, 2]") })
  }

  @Test func findsALayerThatCannotRunInPlace() {
    #expect(battery(StiffShape.self).failures().contains { $0.contains("in-place: ") })
  }

  @Test func findsAWrongTop() {
    var wrong = LayerBattery("ReLU", bottoms: [.init([3, 4], then: [2, 2])], tops: [[3, 5]], otherTops: [[2, 2]])
    wrong.inPlace = true
    #expect(wrong.failures().contains { $0.contains("not [3, 5]") })
  }

  @Test func aKinkIsPassedOver() throws {
    let net = try makeNet(
      "force_backward: true\n" + input("x", [20]) + #"layer { name: "t" type: "ReLU" bottom: "x" top: "y" }"#)
    let values: [Float] = [0.003] + (1..<20).map { Float($0) }
    try net.blob(named: "x")?.setData(values)
    let blob = try #require(net.blob(named: "x"))
    #expect(try NetGradientCheck().failures(of: net, blobs: [("x", blob)]) == [])
    try blob.setData((0..<20).map { 0.003 + Float($0) * 1e-4 })
    let failures = try NetGradientCheck().failures(of: net, blobs: [("x", blob)])
    #expect(failures.count == 1 && failures[0].says("x: ", "of 20 values lie at kinks"))
  }
}
