import CaffeProto

/// Losses that apply a function which has been applied already.
struct SoftmaxBeforeLossRule: LintRule {
  let page = RulePage(
    "softmax-before-loss", .warning,
    summary: "A loss that has its softmax or sigmoid in it gets the result of another one.",
    text: """
      SoftmaxWithLoss takes scores, and computes their softmax itself; of probabilities it makes nearly the same probability for every class, \
      and the net hardly learns. So it is with SigmoidCrossEntropyLoss behind a Sigmoid. Give the loss the bottom of the layer before; for \
      probabilities there is MultinomialLogisticLoss.
      """,
    wrong: """
      layer { name: "x" type: "DummyData" top: "x" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer { name: "t" type: "DummyData" top: "t" dummy_data_param { shape { dim: 2 } } }
      layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
      layer { name: "prob" type: "Softmax" bottom: "h" top: "prob" }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "prob" bottom: "t" top: "loss" }
      """,
    right: """
      layer { name: "x" type: "DummyData" top: "x" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer { name: "t" type: "DummyData" top: "t" dummy_data_param { shape { dim: 2 } } }
      layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "h" bottom: "t" top: "loss" }
      """)

  private static let functions = ["SoftmaxWithLoss": "Softmax", "SigmoidCrossEntropyLoss": "Sigmoid"]

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated() {
      guard let function = SoftmaxBeforeLossRule.functions[layer.type], let source = net.source(of: index),
        net.layers[source].type == function
      else { continue }
      let before = net.layers[source].bottom.first.map { " \"\($0)\"" } ?? ""
      report(
        Remark(
          "\(layer.type) computes its \(function.lowercased()) itself, and \"\(net.layers[source].name)\" has done so already; "
            + "give it the scores\(before)",
          at: net.place(index, "bottom"), layer: layer.name))
    }
  }
}
