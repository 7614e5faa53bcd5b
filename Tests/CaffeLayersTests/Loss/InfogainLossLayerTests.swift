import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct InfogainLossLayerTests {
  @Test(arguments: [
    "", "loss_param { ignore_label: 1 }", "loss_param { normalization: FULL ignore_label: 0 }",
    "loss_param { normalization: BATCH_SIZE }", "loss_param { normalization: NONE }", "loss_param { normalize: false }",
    "loss_weight: 0.3"
  ]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "InfogainLoss", fields,
      bottoms: [
        .init([3, 4, 2], then: [5, 4]), .init([3, 2], then: [5], .labels(4)),
        .init([1, 1, 4, 4], then: [4, 4], .labels(3))
      ], tops: [[]], otherTops: [[]])
    #expect(battery.failures() == [])
  }

  @Test func givesTheProbabilitiesAsASecondTopAlongAnyAxis() {
    let battery = LayerBattery(
      "InfogainLoss", "infogain_loss_param { axis: -1 } loss_weight: 1 loss_weight: 0",
      bottoms: [
        .init([3, 2, 4], then: [5, 3]), .init([3, 2], then: [5], .labels(3)), .init([4, 4], then: [3, 3], .labels(3))
      ], tops: [[], [3, 2, 4]], otherTops: [[], [5, 3]])
    #expect(battery.failures() == [])
  }

  @Test func theIdentityGivesTheSoftmaxLoss() throws {
    func loss(_ layer: String) throws -> Float {
      let net = try makeNet(
        input("x", [2, 3]) + input("l", [2]) + input("h", [3, 3])
          + "layer { name: \"t\" top: \"y\" bottom: \"x\" \(layer) }")
      try net.blob(named: "x")?.setData([1, 2, 3, 4, 5, -6])
      try net.blob(named: "l")?.setData([2, 1])
      try net.blob(named: "h")?.setData([1, 0, 0, 0, 1, 0, 0, 0, 1])
      return try net.forward()
    }
    let infogain = try loss(#"type: "InfogainLoss" bottom: "l" bottom: "h""#)
    #expect(abs(infogain - (try loss(#"type: "SoftmaxWithLoss" bottom: "l""#))) < 1e-6)
  }

  @Test func readsTheMatrixFromAFile() throws {
    let folder = try TemporaryFolder()
    var blob = BlobProto()
    (blob.num, blob.channels, blob.height, blob.width) = (1, 1, 3, 3)
    blob.data = [2, 0, 0, 0, 1, 0, 0, 0, 1]
    try BinaryProto.write(blob, file: folder.file("h.binaryproto"))
    let net = try makeNet(scores("source: \"\(folder.file("h.binaryproto"))\""))
    #expect(abs(try net.forward() - 2 * 1.0986123) < 1e-6)
  }

  @Test func refusesAMatrixOfAnotherSize() throws {
    let folder = try TemporaryFolder()
    var blob = BlobProto()
    blob.shape.dim = [2, 2]
    blob.data = [1, 0, 0, 1]
    try BinaryProto.write(blob, file: folder.file("h.binaryproto"))
    let text = failure(scores("source: \"\(folder.file("h.binaryproto"))\""))
    #expect(text.says("layer \"t\"", "h.binaryproto", "2 2 (4)", "3 channels", "3 × 3"))
    let bottom = failure(
      input("x", [2, 3]) + input("l", [2]) + input("h", [3, 2])
        + #"layer { name: "t" type: "InfogainLoss" bottom: "x" bottom: "l" bottom: "h" top: "y" }"#)
    #expect(bottom.says("layer \"t\"", "bottom 2", "3 2 (6)", "3 × 3"))
  }

  @Test func refusesToGoWithoutAMatrix() throws {
    #expect(failure(scores("")).says("layer \"t\"", "no matrix", "source", "third bottom"))
    #expect(failure(scores("source: \"none.binaryproto\"")).says("none.binaryproto"))
    let folder = try TemporaryFolder()
    try Data("not a blob".utf8).write(to: URL(fileURLWithPath: folder.file("h.binaryproto")))
    #expect(failure(scores("source: \"\(folder.file("h.binaryproto"))\"")).says("h.binaryproto"))
  }

  @Test(arguments: [Float(3), -1, 0.5]) func refusesALabelThatIsNoClass(label: Float) throws {
    for engine in TestEngines.all {
      let net = try makeNet(
        input("x", [2, 3]) + input("l", [2]) + input("h", [3, 3])
          + #"layer { name: "t" type: "InfogainLoss" bottom: "x" bottom: "l" bottom: "h" top: "y" }"#, engine: engine)
      try net.blob(named: "l")?.setData([0, label])
      #expect {
        try net.forward()
      } throws: {
        "\($0)".says("layer \"t\"", "label", "item 1 of the batch", "3 classes")
      }
    }
  }

  private func scores(_ fields: String) -> String {
    input("x", [2, 3]) + input("l", [2])
      + "layer { name: \"t\" type: \"InfogainLoss\" bottom: \"x\" bottom: \"l\" infogain_loss_param { \(fields) } }"
  }
}
