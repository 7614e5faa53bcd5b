import CaffeProto

/// Loss weights on layers that have no gradient.
struct AccuracyLossWeightRule: LintRule {
  let page = RulePage(
    "accuracy-loss-weight", .warning, summary: "A layer without a gradient has a loss weight.",
    text: """
      Nothing can be trained through an Accuracy, ArgMax or Threshold layer. With a `loss_weight` its value is added to the loss that is \
      shown, and training stops with an error where it needs the gradient. Leave the field out.
      """,
    wrong: """
      layer { name: "x" type: "DummyData" top: "x" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer { name: "t" type: "DummyData" top: "t" dummy_data_param { shape { dim: 2 } } }
      layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "h" bottom: "t" top: "loss" }
      layer { name: "acc" type: "Accuracy" bottom: "h" bottom: "t" top: "acc" loss_weight: 1 }
      """,
    right: """
      layer { name: "x" type: "DummyData" top: "x" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer { name: "t" type: "DummyData" top: "t" dummy_data_param { shape { dim: 2 } } }
      layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "h" bottom: "t" top: "loss" }
      layer { name: "acc" type: "Accuracy" bottom: "h" bottom: "t" top: "acc" }
      """)

  private static let types: Set<String> = ["Accuracy", "ArgMax", "Threshold"]

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated()
    where AccuracyLossWeightRule.types.contains(layer.type) && layer.lossWeight.contains(where: { $0 != 0 }) {
      report(
        Remark(
          "a layer of type \(layer.type) has no gradient, so its loss_weight trains nothing; remove it",
          at: net.place(index, "loss_weight"), layer: layer.name))
    }
  }
}
