import Caffe
import CaffeTestSupport
import Testing

/// Labels and indices that are none, on every engine, through data layers: the record is named, whatever layer notices.
struct RecordNamingTests {
  /// Three records in memory with two values and a label; the last label is the one that is looked at.
  private func message(_ label: Float, _ layers: String, _ engine: any Engine) throws -> String {
    let net = try makeNet(
      """
      layer {
        name: "data" type: "MemoryData" top: "x" top: "l"
        memory_data_param { batch_size: 3 channels: 2 height: 1 width: 1 }
      }
      layer { name: "flat" type: "Flatten" bottom: "x" top: "f" }
      layer { name: "p" type: "Softmax" bottom: "f" top: "p" }
      \(layers)
      """, engine: engine)
    let data = try #require(net.layer(named: "data") as? MemoryDataLayer)
    try data.setData([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], labels: [0, 1, 0, 1, 0, label])
    do {
      for _ in 0..<2 { try net.forward() }
      return ""
    } catch {
      return "\(error)"
    }
  }

  private static let labelled = [
    #"type: "SoftmaxWithLoss" bottom: "f" bottom: "l""#,
    #"type: "SoftmaxWithLoss" bottom: "f" bottom: "l" loss_param { label_smoothing: 0.1 }"#,
    #"type: "MultinomialLogisticLoss" bottom: "p" bottom: "l""#, #"type: "HingeLoss" bottom: "f" bottom: "l""#,
    #"type: "Accuracy" bottom: "f" bottom: "l" top: "a""#,
    #"type: "Accuracy" bottom: "f" bottom: "l" top: "a" top: "c" accuracy_param { ignore_label: 255 }"#
  ]

  @Test(arguments: labelled, [Float(2), -1, 0.5, .nan, .infinity, 1e30]) func aLabelThatIsNoClass(
    layer: String, label: Float
  ) throws {
    for engine in TestEngines.all {
      // A copy for a second reader, so that a split lies between.
      let found = try message(
        label, #"layer { name: "t" \#(layer) } layer { name: "s" type: "Silence" bottom: "l" }"#, engine)
      #expect(
        found.says("layer \"t\"", "label ", "number 5 of the data in memory", "item 2 of the batch", "from 0 to 1"),
        "\(engine.name): \(found)")
    }
  }

  @Test(arguments: [Float(2), -1, 0.5, .nan, .infinity, 1e30]) func anIndexThatIsNoRow(index: Float) throws {
    for engine in TestEngines.all {
      let infogain = """
        layer { name: "h" type: "DummyData" top: "h" dummy_data_param { shape { dim: 2 dim: 2 } } }
        layer { name: "t" type: "InfogainLoss" bottom: "f" bottom: "l" bottom: "h" }
        """
      #expect(try message(index, infogain, engine).says("layer \"t\"", "number 5 of the data in memory"))
      let embed = #"layer { name: "t" type: "Embed" bottom: "l" top: "e" embed_param { num_output: 1 input_dim: 2 } }"#
      let embedded = try message(index, embed, engine)
      #expect(
        embedded.says(
          "layer \"t\"", "value 2 of bottom 0", "the record with number 5 of the data in memory", "2 rows",
          "less than 2"),
        "\(engine.name): \(embedded)")
      guard index != 2 else { continue }
      let reindex = #"layer { name: "t" type: "BatchReindex" bottom: "f" bottom: "l" top: "r" }"#
      let reindexed = try message(index, reindex, engine)
      #expect(
        reindexed.says("layer \"t\"", "value 2 of bottom 1", "number 5 of the data in memory", "3 rows"),
        "\(engine.name): \(reindexed)")
    }
  }

  @Test func anItemThatWasMovedIsNotTakenForAnotherRecord() throws {
    for engine in TestEngines.all {
      let moved = """
        layer { name: "order" type: "DummyData" top: "o" dummy_data_param { shape { dim: 3 } data_filler { value: 2 } } }
        layer { name: "r" type: "BatchReindex" bottom: "l" bottom: "o" top: "m" }
        layer { name: "t" type: "SoftmaxWithLoss" bottom: "f" bottom: "m" }
        """
      let found = try message(7, moved, engine)
      #expect(found.says("label 7 of item 0 of the batch"), "\(found)")
      #expect(!found.says("in memory"))
    }
  }
}
