import CaffeProto

/// Tops that nothing reads while the net is trained.
struct UnusedTopRule: LintRule {
  let page = RulePage(
    "unused-top", .warning, summary: "Nothing reads this top in training.",
    text: """
      It is computed for nothing, and what it comes from isn't trained through it. Often the name of a bottom further down is wrong. \
      Losses, accuracies and the like are meant to be read by you; for another top that is wanted, or a part of a layer's tops that \
      isn't, a `Silence` layer says so.
      """,
    wrong: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
      layer { name: "r" type: "ReLU" bottom: "h" top: "r" }
      layer { name: "loss" type: "EuclideanLoss" bottom: "h" bottom: "t" top: "loss" }
      """,
    right: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
      layer { name: "r" type: "ReLU" bottom: "h" top: "r" }
      layer { name: "loss" type: "EuclideanLoss" bottom: "r" bottom: "t" top: "loss" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    guard net.isTrained, net.phase == .train else { return }
    for (index, layer) in net.layers.enumerated()
    where !layer.isLoss && !layer.type.hasSuffix("Loss") && !layer.type.hasSuffix("Accuracy") {
      for (top, name) in layer.top.enumerated() where net.readers[index][top].isEmpty {
        report(
          Remark(
            "nothing reads the top \"\(name)\" in phase TRAIN; name it as a bottom, or give it to a Silence layer",
            at: net.place(index, top == 0 ? "top" : "top[\(top)]"), layer: layer.name))
      }
    }
  }
}
