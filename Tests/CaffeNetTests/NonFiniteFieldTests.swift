import Caffe
import CaffeTestSupport
import Testing

/// Numbers in a layer's message that are none: the field and the layer are named before anything is made.
struct NonFiniteFieldTests {
  private func message(_ layer: String) -> String {
    do {
      _ = try makeNet(twoInputs + "layer { name: \"t\" bottom: \"x\" top: \"y\" \(layer) }")
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    (#"type: "Power" power_param { scale: nan }"#, "power_param.scale is nan"),
    (#"type: "Power" power_param { shift: -inf }"#, "power_param.shift is -inf"),
    (#"type: "LRN" lrn_param { alpha: inf }"#, "lrn_param.alpha is inf"),
    (#"type: "ReLU" transform_param { scale: nan }"#, "transform_param.scale is nan"),
    (#"type: "ReLU" transform_param { mean_value: 1 mean_value: inf }"#, "transform_param.mean_value is inf"),
    (#"type: "ReLU" loss_weight: nan"#, "loss_weight is nan"),
    (#"type: "Eltwise" eltwise_param { coeff: nan }"#, "eltwise_param.coeff is nan"),
    (
      #"type: "InnerProduct" inner_product_param { num_output: 1 weight_filler { type: "gaussian" std: inf } }"#,
      "inner_product_param.weight_filler.std is inf"
    ),
    (#"type: "InnerProduct" inner_product_param { num_output: 1 } param { lr_mult: nan }"#, "param.lr_mult is nan"),
    (#"type: "Clip" clip_param { min: nan max: 1 }"#, "clip_param.min is nan")
  ])
  func theFieldIsNamed(layer: String, field: String) {
    let found = message(layer)
    #expect(found.contains("net.prototxt:"), "\(found)")
    #expect(found.contains("layer \"t\": \(field); give a finite number"), "\(found)")
  }

  @Test func clipMayBeOpenToOneSide() {
    #expect(message(#"type: "Clip" clip_param { min: 0 max: inf }"#) == "")
  }
}
