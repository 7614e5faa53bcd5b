import CaffeProto

extension LayerParameter {
  /// The type, and the numbers by which layers of it differ.
  var whatItDoes: String {
    switch type {
    case "Convolution", "Deconvolution":
      let field = convolutionParam
      var parts = ["\(field.numOutput)", size(field.kernelH, field.kernelW, field.kernelSize, default: 1)]
      add("stride", size(field.strideH, field.strideW, field.stride, default: 1), unless: "1×1", to: &parts)
      add("pad", size(field.padH, field.padW, field.pad, default: 0), unless: "0×0", to: &parts)
      if field.group > 1 { parts.append("\(field.group) groups") }
      if let dilation = field.dilation.first, dilation > 1 { parts.append("dilation \(dilation)") }
      return "\(type) \(parts.joined(separator: ", "))"
    case "Pooling":
      let field = poolingParam
      let method = field.pool == .ave ? "average" : field.pool == .stochastic ? "stochastic" : "maximum"
      if field.globalPooling { return "Pooling \(method), global" }
      func size(_ h: UInt32, _ w: UInt32, _ both: UInt32) -> String { h > 0 || w > 0 ? "\(h)×\(w)" : "\(both)×\(both)" }
      var parts = [method, size(field.kernelH, field.kernelW, field.kernelSize)]
      add("stride", size(field.strideH, field.strideW, field.stride), unless: "1×1", to: &parts)
      add("pad", size(field.padH, field.padW, field.pad), unless: "0×0", to: &parts)
      return "Pooling \(parts.joined(separator: ", "))"
    case "InnerProduct": return "InnerProduct \(innerProductParam.numOutput)"
    case "Dropout": return "Dropout \(dropoutParam.dropoutRatio)"
    case "LRN": return "LRN \(lrnParam.localSize)"
    case "Eltwise":
      return
        "Eltwise \(eltwiseParam.operation == .prod ? "product" : eltwiseParam.operation == .max ? "maximum" : "sum")"
    default: return type
    }
  }

  private func add(_ word: String, _ size: String, unless usual: String, to parts: inout [String]) {
    if size != usual { parts.append("\(word) \(size)") }
  }

  private func size(_ height: UInt32, _ width: UInt32, _ values: [UInt32], default usual: UInt32) -> String {
    if height > 0 || width > 0 { return "\(height)×\(width)" }
    if values.count > 1 { return values.map(String.init).joined(separator: "×") }
    return "\(values.first ?? usual)×\(values.first ?? usual)"
  }

  /// What kind of box it is.
  var diagramKind: NetDiagram.Kind {
    switch type {
    case "Input", "DummyData", "Parameter": .data
    case let type where bottom.isEmpty || type.hasSuffix("Data"): .data
    case let type where type.hasSuffix("Loss") || type == "Accuracy": .loss
    case let type where type.contains("onvolution") || type == "Im2col": .convolution
    case let type where type.contains("Pooling") || type == "SPP": .pooling
    case "InnerProduct", "Embed", "LSTM", "RNN", "LSTMUnit": .product
    case "BatchNorm", "LRN", "MVN", "Scale", "Bias", "Softmax", "BN", "Normalize": .normalization
    case "ReLU", "PReLU", "ELU", "Sigmoid", "TanH", "BNLL", "Dropout", "Swish", "Clip", "AbsVal", "Threshold":
      .activation
    case "Concat", "Slice", "Split", "Flatten", "Reshape", "Crop", "Tile", "Permute", "Filter", "BatchReindex": .shaping
    case "Eltwise", "Power", "Exp", "Log", "Reduction", "ArgMax": .arithmetic
    default: .other
    }
  }
}

extension NetDiagram.Kind {
  /// The colour of its boxes, light enough for black text.
  var color: String {
    switch self {
    case .data: "#d9d9d9"
    case .convolution: "#fbb4ae"
    case .pooling: "#fed9a6"
    case .product: "#decbe4"
    case .normalization: "#ccebc5"
    case .activation: "#ffffcc"
    case .shaping: "#e5d8bd"
    case .arithmetic: "#b3cde3"
    case .loss: "#f4a6c8"
    case .output: "#ffffff"
    case .other: "#f2f2f2"
    }
  }
}
