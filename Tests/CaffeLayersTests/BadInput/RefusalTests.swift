import Caffe
import CaffeTestSupport
import Testing

/// What every layer refuses, with its name, what it got and what it expects: one table.
struct RefusalTests {
  struct Case: Sendable, CustomStringConvertible {
    var layer: String
    var bottoms: [[Int]]
    var parts: [String]
    var tops = 1
    /// Values of a bottom.
    var values: [Int: [Float]] = [:]

    var description: String { "\(layer) over \(bottoms)" }

    var text: String {
      let inputs = bottoms.indices.map { input("x\($0)", bottoms[$0]) }.joined()
      let names = bottoms.indices.map { "bottom: \"x\($0)\" " } + (0..<tops).map { "top: \"y\($0)\" " }
      return inputs + "layer { name: \"t\" \(names.joined()) \(layer) }"
    }
  }

  private static func typed(_ type: String, _ fields: String = "") -> String { "type: \"\(type)\" \(fields)" }

  // MARK: - Shapes

  static let shapes: [Case] = [
    Case(layer: typed("Eltwise"), bottoms: [[2, 3], [2, 4]], parts: ["bottom 1", "2 4 (8)", "2 3 (6)", "the same"]),
    Case(layer: typed("Concat"), bottoms: [[2, 3], [3, 3]], parts: ["bottom 1", "3 3 (9)", "2 3 (6)"]),
    Case(layer: typed("Bias"), bottoms: [[2, 3], [4]], parts: ["bottom 1", "4 (4)", "2 3 (6)"]),
    Case(layer: typed("Scale"), bottoms: [[2, 3], [4]], parts: ["bottom 1", "4 (4)", "2 3 (6)"]),
    Case(layer: typed("BatchReindex"), bottoms: [[2, 3], [2, 2]], parts: ["bottom 1", "2 2 (4)", "one axis"]),
    Case(layer: typed("Filter"), bottoms: [[2, 3], [3]], parts: ["3 (3)", "2"]),
    Case(
      layer: typed("Crop", "crop_param { axis: 1 }"), bottoms: [[2, 3], [2, 4]],
      parts: ["2 4 (8)", "2 3 (6)", "offset"]),
    Case(layer: typed("EuclideanLoss"), bottoms: [[2, 3], [2, 4]], parts: ["2 3 (6)", "2 4 (8)"]),
    Case(layer: typed("HingeLoss"), bottoms: [[2, 3], [3]], parts: ["2 3 (6)", "3 (3)"]),
    Case(layer: typed("SoftmaxWithLoss"), bottoms: [[2, 3], [3]], parts: ["3 (3)", "2 3 (6)", "2 labels"]),
    Case(layer: typed("Accuracy"), bottoms: [[2, 3], [3]], parts: ["3 (3)", "2 3 (6)", "2 labels"]),
    Case(
      layer: typed("InfogainLoss"), bottoms: [[2, 3], [2], [2, 2]], parts: ["bottom 2", "2 2 (4)", "2 3 (6)", "3 × 3"]),
    Case(layer: typed("MultinomialLogisticLoss"), bottoms: [[2, 3], [3]], parts: ["2 3 (6)", "3 (3)"]),
    Case(layer: typed("SigmoidCrossEntropyLoss"), bottoms: [[2, 3], [2, 4]], parts: ["2 3 (6)", "2 4 (8)"]),
    Case(layer: typed("ContrastiveLoss"), bottoms: [[2, 3], [2, 4], [2]], parts: ["2 3 (6)", "2 4 (8)"]),
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 1 kernel_size: 3 pad: 2147483647 stride: 9 }"),
      bottoms: [[1, 2, 3, 3]], parts: ["1 2 3 3 (18)", "4294967297 places", "spatial axis 0", "2147483647"]),
    Case(
      layer: typed("Im2col", "convolution_param { kernel_size: 3 dilation: 1073741824 pad: 1073741824 }"),
      bottoms: [[1, 2, 3, 3]], parts: ["2147483651 places"]),
    Case(
      layer: typed(
        "Deconvolution", "convolution_param { num_output: 1 kernel_size: 3 dilation: 1073741824 pad: 1073741824 }"),
      bottoms: [[1, 2, 3, 3]], parts: ["2147483651 places"]),
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 1 kernel_size: 1 }"),
      bottoms: [[1, 2, 3, 3], [1, 2, 3, 4]], parts: ["bottom 1", "1 2 3 4 (24)", "1 2 3 3 (18)"], tops: 2),
    Case(
      layer: typed("Deconvolution", "convolution_param { num_output: 1 kernel_size: 1 }"),
      bottoms: [[1, 2, 3, 3], [1, 2, 3, 4]], parts: ["bottom 1", "1 2 3 4 (24)", "1 2 3 3 (18)"], tops: 2),
    Case(layer: typed("LSTMUnit"), bottoms: [[1, 2, 3], [1, 2, 3], [1, 2]], parts: ["1 2 3 (6)", "4"], tops: 2),
    Case(
      layer: typed("LSTM", "recurrent_param { num_output: 2 }"), bottoms: [[3, 2, 4], [2, 3]],
      parts: ["bottom 1", "2 3 (6)", "3 2 4 (24)", "3 × 2"]),
    Case(
      layer: typed("RNN", "recurrent_param { num_output: 2 }"), bottoms: [[3, 2, 4], [2, 3]],
      parts: ["bottom 1", "2 3 (6)", "3 2 4 (24)", "3 × 2"]),
    Case(layer: typed("Pooling", "pooling_param { kernel_size: 2 }"), bottoms: [[2, 3]], parts: ["2 3 (6)", "4 axes"]),
    Case(
      layer: typed("LRN", "lrn_param { norm_region: WITHIN_CHANNEL }"), bottoms: [[2, 3]], parts: ["2 3 (6)", "4 axes"]),
    Case(layer: typed("SPP", "spp_param { pyramid_height: 1 }"), bottoms: [[2, 3]], parts: ["2 3 (6)", "4 axes"]),
    Case(layer: typed("PReLU"), bottoms: [[2]], parts: ["2 (2)", "two axes"]),
    Case(
      layer: typed("Reshape", "reshape_param { shape { dim: 4 dim: 2 } }"), bottoms: [[2, 3]], parts: ["2 3 (6)", "8"])
  ]

  // MARK: - Axes

  static let axes: [Case] = [
    typed("Softmax", "softmax_param { axis: 4 }"), typed("ArgMax", "argmax_param { axis: -4 }"),
    typed("Concat", "concat_param { axis: 4 }"), typed("Slice", "slice_param { axis: -4 }"),
    typed("Flatten", "flatten_param { axis: 4 }"), typed("Flatten", "flatten_param { end_axis: 4 }"),
    typed("InnerProduct", "inner_product_param { num_output: 2 axis: 4 }"),
    typed("Reduction", "reduction_param { axis: -4 }"), typed("Tile", "tile_param { axis: 4 tiles: 2 }"),
    typed("Scale", "scale_param { axis: 4 }"), typed("Bias", "bias_param { axis: -4 }"),
    typed("Reshape", "reshape_param { axis: 5 shape { dim: 0 } }"),
    typed("Convolution", "convolution_param { num_output: 1 kernel_size: 1 axis: 4 }"),
    typed("Im2col", "convolution_param { kernel_size: 1 axis: -4 }")
  ].map { Case(layer: $0, bottoms: [[2, 3, 4]], parts: ["ax", "2 3 4"]) }

  // MARK: - Sizes

  static let sizes: [Case] = [
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 0 kernel_size: 1 }"), bottoms: [[1, 2, 3, 3]],
      parts: ["num_output is 0"]),
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 1 kernel_size: 0 }"), bottoms: [[1, 2, 3, 3]],
      parts: ["kernel", "0"]),
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 1 kernel_size: 1 stride: 0 }"),
      bottoms: [[1, 2, 3, 3]], parts: ["stride", "0"]),
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 1 kernel_size: 5 }"), bottoms: [[1, 2, 3, 3]],
      parts: ["1 2 3 3 (18)", "kernel [5, 5]", "larger input"]),
    Case(
      layer: typed("Pooling", "pooling_param { kernel_size: 5 }"), bottoms: [[1, 2, 3, 3]],
      parts: ["1 2 3 3 (18)", "kernel [5, 5]", "larger input"]),
    Case(
      layer: typed("Pooling", "pooling_param { kernel_size: 0 }"), bottoms: [[1, 2, 3, 3]], parts: ["kernel", "0"]),
    Case(
      layer: typed("Im2col", "convolution_param { kernel_size: 5 }"), bottoms: [[1, 2, 3, 3]],
      parts: ["1 2 3 3 (18)", "[5, 5]"]),
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 4 kernel_size: 1 group: 2 }"),
      bottoms: [[1, 3, 3, 3]], parts: ["1 3 3 3 (27)", "group", "2", "3"]),
    Case(
      layer: typed("Convolution", "convolution_param { num_output: 3 kernel_size: 1 group: 2 }"),
      bottoms: [[1, 4, 3, 3]], parts: ["num_output", "3", "group", "2"]),
    Case(
      layer: typed("InnerProduct", "inner_product_param { num_output: 0 }"), bottoms: [[2, 3]],
      parts: ["num_output is 0"]
    ),
    Case(layer: typed("Tile", "tile_param { tiles: 0 }"), bottoms: [[2, 3]], parts: ["tiles", "0"]),
    Case(layer: typed("Tile", "tile_param { tiles: -2 }"), bottoms: [[2, 3]], parts: ["tiles", "-2"]),
    Case(layer: typed("LRN", "lrn_param { local_size: 4 }"), bottoms: [[1, 2, 3, 3]], parts: ["local_size", "4"]),
    Case(
      layer: typed("Slice", "slice_param { slice_point: 2 slice_point: 1 }"), bottoms: [[2, 3]],
      parts: ["slice_point", "2", "1"], tops: 3),
    Case(
      layer: typed("Slice", "slice_param { slice_point: 7 }"), bottoms: [[2, 3]], parts: ["slice_point", "7", "3"],
      tops: 2),
    Case(layer: typed("Slice"), bottoms: [[2, 3]], parts: ["2 3 (6)", "2"], tops: 2),
    Case(
      layer: typed("SPP", "spp_param { pyramid_height: 0 }"), bottoms: [[1, 2, 3, 3]], parts: ["pyramid_height is 0"]),
    Case(
      layer: typed("RNN", "recurrent_param { num_output: 0 }"), bottoms: [[3, 2, 4], [3, 2]], parts: ["num_output is 0"]
    ),
    Case(
      layer: typed("Reshape", "reshape_param { shape { dim: -2 } }"), bottoms: [[2, 3]], parts: ["-2"]),
    Case(
      layer: typed("Tile", "tile_param { tiles: 2147483647 }"), bottoms: [[65536, 1]],
      parts: ["65536 2147483647", "memory"])
  ]

  // MARK: - Indices, seen at forward

  static let indices: [Case] =
    [
      Case(layer: typed("ArgMax", "argmax_param { top_k: 4 axis: 1 }"), bottoms: [[2, 3]], parts: ["top_k", "4", "3"]),
      Case(layer: typed("ArgMax", "argmax_param { top_k: 0 }"), bottoms: [[2, 3]], parts: ["top_k", "0"]),
      Case(layer: typed("Accuracy", "accuracy_param { top_k: 4 }"), bottoms: [[2, 3], [2]], parts: ["top_k", "4", "3"]),
      Case(
        layer: typed("Embed", "embed_param { input_dim: 3 num_output: 2 }"), bottoms: [[2]], parts: ["3", "no index"],
        values: [0: [0, 3]]),
      Case(layer: typed("BatchReindex"), bottoms: [[2, 3], [2]], parts: ["-1", "no index"], values: [1: [0, -1]])
    ] + labelled.map { Case(layer: $0, bottoms: [[2, 3], [2]], parts: ["label 3", "3 classes"], values: [1: [0, 3]]) }

  private static let labelled = ["SoftmaxWithLoss", "Accuracy", "HingeLoss", "MultinomialLogisticLoss"].map {
    typed($0)
  }

  @Test(arguments: shapes + axes + sizes + indices) func theErrorSaysWhatIsWrongAndWhere(of refused: Case) throws {
    var text = ""
    do {
      let net = try makeNet(refused.text)
      for (bottom, values) in refused.values { try net.blob(named: "x\(bottom)")?.setData(values) }
      try net.forward()
    } catch let error as CaffeError {
      text = "\(error)"
    }
    for part in ["net.prototxt:", "layer \"t\""] + refused.parts {
      #expect(text.contains(part), "\(refused) says: \(text)")
    }
  }
}
