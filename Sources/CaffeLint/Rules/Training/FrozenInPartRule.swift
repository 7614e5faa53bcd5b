import CaffeProto

/// Layers of which one parameter is frozen and another is not.
struct FrozenInPartRule: LintRule {
  let page = RulePage(
    "frozen-in-part", .warning, summary: "Some of what seems to be frozen is trained all the same.",
    text: """
      Each `param { … }` is about one parameter of the layer: the first about the weights, the second about the bias. `lr_mult: 0` in the \
      first alone leaves the bias learning at its full rate, so a layer is frozen by as many `param { lr_mult: 0 }` as it has parameters. A \
      Deconvolution with fixed `bilinear` weights needs `lr_mult: 0`, or training changes them.
      """,
    wrong: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer {
        name: "h"
        type: "InnerProduct"
        bottom: "x"
        top: "h"
        param { lr_mult: 0 }
        inner_product_param { num_output: 4 }
      }
      layer { name: "loss" type: "EuclideanLoss" bottom: "h" bottom: "t" top: "loss" }
      """,
    right: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 2 dim: 4 } } }
      layer {
        name: "h"
        type: "InnerProduct"
        bottom: "x"
        top: "h"
        param { lr_mult: 0 }
        param { lr_mult: 0 }
        inner_product_param { num_output: 4 }
      }
      layer { name: "loss" type: "EuclideanLoss" bottom: "h" bottom: "t" top: "loss" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    guard net.isTrained, net.phase == .train else { return }
    for (index, layer) in net.layers.enumerated() {
      let isFrozen = layer.param.map { $0.hasLrMult && $0.lrMult == 0 }
      if isFrozen == [true], layer.hasBiasParameter {
        report(
          Remark(
            "the weights have lr_mult: 0, but the bias is trained; add a second param { lr_mult: 0 }",
            at: net.place(index, "param.lr_mult", "param"), layer: layer.name))
      }
      if layer.type == "Deconvolution", layer.convolutionParam.weightFiller.type == "bilinear", isFrozen.first != true {
        report(
          Remark(
            "the bilinear weights are trained, since they have no lr_mult: 0; add param { lr_mult: 0 } where they are to stay",
            at: net.place(index, "convolution_param.weight_filler"), layer: layer.name))
      }
    }
  }
}

extension LayerParameter {
  /// Whether its second parameter is a bias.
  fileprivate var hasBiasParameter: Bool {
    switch type {
    case "Convolution", "Deconvolution": convolutionParam.biasTerm
    case "InnerProduct": innerProductParam.biasTerm
    case "Embed": embedParam.biasTerm
    case "Scale": bottom.count == 1 && scaleParam.biasTerm
    default: false
    }
  }
}
