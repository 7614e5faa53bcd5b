import CaffeProto

/// BatchNorm layers that no Scale layer follows.
struct BatchNormWithoutScaleRule: LintRule {
  let page = RulePage(
    "batch-norm-without-scale", .warning, summary: "A BatchNorm layer isn't followed by a Scale layer.",
    text: """
      Caffe's BatchNorm only normalizes. The learned factor and shift of the paper, without which the layer takes away what the net can \
      express, are a `Scale` layer with `bias_term: true` behind it.
      """,
    wrong: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 8 dim: 3 dim: 9 dim: 9 } } }
      layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" }
      layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
      """,
    right: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 8 dim: 3 dim: 9 dim: 9 } } }
      layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" }
      layer { name: "scale" type: "Scale" bottom: "bn" top: "bn" scale_param { bias_term: true } }
      layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated() where layer.type == "BatchNorm" {
      let readers = net.readers[index].first ?? []
      guard !readers.isEmpty, !readers.contains(where: { net.layers[$0].type == "Scale" }) else { continue }
      report(
        Remark(
          "no Scale layer follows this BatchNorm, so nothing learns its scale and shift; add one with bias_term: true",
          at: net.place(index, "type"), layer: layer.name))
    }
  }
}
