import Caffe
import CaffeTestSupport
import Testing

struct MemoryDataLayerTests {
  private static let text =
    #"layer { name: "d" type: "MemoryData" top: "x" top: "l" memory_data_param { "#
    + "batch_size: 2 channels: 1 height: 1 width: 3 } }\n"

  private func layer(_ net: Net) throws -> MemoryDataLayer {
    try #require(net.layer(named: "d") as? MemoryDataLayer)
  }

  @Test func givesBatchesRoundAndRound() throws {
    for engine in TestEngines.all {
      let net = try makeNet(Self.text, engine: engine)
      #expect(net.blob(named: "x")?.shape == [2, 1, 1, 3])
      #expect(net.blob(named: "l")?.shape == [2])
      try layer(net).setData((0..<12).map { Float($0) }, labels: [5, 6, 7, 8])
      var labels: [[Float]] = []
      for _ in 0..<3 {
        try net.forward()
        labels.append(net.blob(named: "l")?.data.values ?? [])
      }
      #expect(labels == [[5, 6], [7, 8], [5, 6]])
      #expect(net.blob(named: "x")?.data.values == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test func newDataBeginsAtItsStart() throws {
    let net = try makeNet(Self.text)
    try layer(net).setData((0..<12).map { Float($0) }, labels: [5, 6, 7, 8])
    try net.forward()
    try layer(net).setData((0..<6).map { Float(-$0) }, labels: [1, 2])
    try net.forward()
    #expect(net.blob(named: "x")?.data.values == [0, -1, -2, -3, -4, -5])
  }

  @Test func refusesToRunWithoutData() {
    #expect(failure(Self.text).says("layer \"d\"", "no data yet", "setData"))
  }

  @Test(arguments: [
    (5, 2, "5 values given, but an image of 1 × 1 × 3 has 3"), (0, 0, "0 values given"),
    (9, 3, "3 images given, but batch_size is 2"), (6, 3, "3 labels given for 2 images")
  ]) func refusesArraysThatDoNotFit(values: Int, labels: Int, message: String) throws {
    let layer = try layer(try makeNet(Self.text))
    #expect {
      try layer.setData(Array(repeating: 0, count: values), labels: Array(repeating: 0, count: labels))
    } throws: {
      "\($0)".says("layer \"d\"", message)
    }
  }

  @Test(arguments: ["batch_size", "channels", "height", "width"]) func refusesToGoWithoutASize(field: String) {
    let fields = ["batch_size", "channels", "height", "width"].filter { $0 != field }.map { "\($0): 1" }
    let text = failure(
      "layer { name: \"d\" type: \"MemoryData\" top: \"x\" top: \"l\" memory_data_param { \(fields.joined(separator: " ")) } }"
    )
    #expect(text.says("layer \"d\"", "has no \(field)"))
  }

  @Test func refusesABatchBeyondMemory() {
    let text = failure(
      """
      layer { name: "d" type: "MemoryData" top: "x" top: "l"
        memory_data_param { batch_size: 4000000000 channels: 4000000000 height: 2 width: 2 } }
      """)
    #expect(text.says("layer \"d\"", "the extent 4000000000; an axis holds at most 2147483647 values"))
  }

  @Test func namesTheImageOfAWrongLabel() throws {
    let net = try makeNet(
      Self.text
        + #"layer { name: "loss" type: "SoftmaxWithLoss" bottom: "x" bottom: "l" softmax_param { axis: 3 } }"#)
    try layer(net).setData(Array(repeating: 0, count: 12), labels: [0, 1, 2, 3])
    try net.forward()
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("number 3 of the data in memory", "label 3")
    }
  }

  @Test func saysThatNothingIsTransformed() throws {
    let log = RecordedLog()
    let file = try NetReader.parseNet(
      text: Self.text.replacing("memory_data_param", with: "transform_param { scale: 2 } memory_data_param"))
    _ = try Net(
      file.net, context: Context(engine: ReferenceEngine(), phase: .train, registry: .standard, logger: log.logger))
    #expect(log.texts.contains { $0.says("layer \"d\"", "transform_param has no effect") })
  }
}
