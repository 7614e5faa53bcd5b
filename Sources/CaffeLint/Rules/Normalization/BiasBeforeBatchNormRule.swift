import CaffeProto

/// Biases that a BatchNorm layer subtracts at once.
struct BiasBeforeBatchNormRule: LintRule {
  let page = RulePage(
    "bias-before-batch-norm", .warning, summary: "The bias of a layer before a BatchNorm layer has no effect.",
    text: """
      BatchNorm subtracts the mean of its bottom, and with it any bias that was added before. `bias_term: false` saves the parameters and \
      their time.
      """,
    wrong: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param {
        shape { dim: 2 dim: 3 dim: 9 dim: 9 } shape { dim: 2 dim: 4 dim: 9 dim: 9 } } }
      layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 4 kernel_size: 1 } }
      layer { name: "bn" type: "BatchNorm" bottom: "c" top: "bn" }
      layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "scale" bottom: "t" top: "loss" }
      """,
    right: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param {
        shape { dim: 2 dim: 3 dim: 9 dim: 9 } shape { dim: 2 dim: 4 dim: 9 dim: 9 } } }
      layer {
        name: "c"
        type: "Convolution"
        bottom: "x"
        top: "c"
        convolution_param { num_output: 4 kernel_size: 1 bias_term: false }
      }
      layer { name: "bn" type: "BatchNorm" bottom: "c" top: "bn" }
      layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "scale" bottom: "t" top: "loss" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    // A net to use must have the parameters that its weights have.
    guard net.isTrained, net.phase == .train else { return }
    for (index, layer) in net.layers.enumerated()
    where layer.type == "BatchNorm" && !layer.batchNormParam.useGlobalStats {
      guard let source = net.source(of: index), net.layers[source].hasBias,
        net.readers[source].first ?? [] == [index]
      else { continue }
      report(
        Remark(
          "\"\(layer.name)\" subtracts the bias of this layer again; set bias_term: false",
          at: net.place(
            source, "convolution_param.bias_term", "inner_product_param.bias_term", "convolution_param",
            "inner_product_param"), layer: net.layers[source].name))
    }
  }
}

extension LayerParameter {
  /// Whether it adds a learned bias to each channel.
  fileprivate var hasBias: Bool {
    switch type {
    case "Convolution", "Deconvolution": convolutionParam.biasTerm
    case "InnerProduct": innerProductParam.biasTerm
    default: false
    }
  }
}
