import CaffeCore
import CaffeNet
import CaffeProto

/// Layers of types that aren't there.
struct LayerTypeRule: LintRule {
  let page = RulePage(
    "layer-type", .error, summary: "There is no layer type of this name.",
    text: "The message has near names, and says so where the type comes from a fork of Caffe.",
    wrong: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }
      layer { name: "r" type: "Relu" bottom: "x" top: "r" }
      """,
    right: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }
      layer { name: "r" type: "ReLU" bottom: "x" top: "r" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated() {
      // What the registry itself says is what building the net would say.
      guard let problem = net.problem(withTypeOf: layer) else { continue }
      report(Remark(problem, at: net.place(index, "type"), layer: layer.name))
    }
  }
}
