import CaffeProto

/// Dropout layers that drop nothing.
struct DropoutRatioRule: LintRule {
  let page = RulePage(
    "dropout-ratio", .warning, summary: "A Dropout layer drops nothing.",
    text:
      "With `dropout_ratio: 0` the layer only copies. Remove it, or give the share that is to be dropped, such as 0.5.",
    wrong: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }
      layer { name: "drop" type: "Dropout" bottom: "x" top: "x" dropout_param { dropout_ratio: 0 } }
      """,
    right: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }
      layer { name: "drop" type: "Dropout" bottom: "x" top: "x" dropout_param { dropout_ratio: 0.5 } }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated() where layer.type == "Dropout" && layer.dropoutParam.dropoutRatio == 0
    {
      report(
        Remark(
          "with dropout_ratio: 0 this layer drops nothing; remove it, or give a share such as 0.5",
          at: net.place(index, "dropout_param.dropout_ratio"), layer: layer.name))
    }
  }
}
