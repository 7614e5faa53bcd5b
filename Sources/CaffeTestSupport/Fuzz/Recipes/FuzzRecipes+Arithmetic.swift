extension FuzzRecipes {
  /// Products, sums and choices.
  static let arithmetic: [String: FuzzRecipe] = [
    "ArgMax": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("ArgMax", over: shape)
      if draw.boolean() { layer.set("argmax_param", "out_max_val", draw.boolean()) }
      if draw.boolean() {
        let axis = draw.axis(of: shape)
        layer.set("argmax_param", "axis", axis)
        layer.set("argmax_param", "top_k", draw.integer(1...shape[axis < 0 ? axis + shape.count : axis]))
      }
      return layer
    },
    "Bias": { draw, existing in spread("Bias", "bias_param", &draw, existing) },
    "Scale": { draw, existing in
      var layer = spread("Scale", "scale_param", &draw, existing)
      if draw.boolean() { layer?.set("scale_param", "bias_term", draw.boolean()) }
      return layer
    },
    "Eltwise": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Eltwise", over: shape)
      let operation = draw.pick(["PROD", "SUM", "MAX"])
      for _ in 0..<draw.integer(1...3) { layer.add(shape) }
      layer.set("eltwise_param", "operation", operation)
      if operation == "SUM", draw.boolean() {
        for _ in layer.bottoms { layer.set("eltwise_param", "coeff", draw.number(-1...1)) }
      }
      return layer
    },
    "Embed": { draw, existing in
      guard existing == nil else { return nil }
      let rows = draw.integer(1...6)
      var layer = FuzzLayer("Embed", over: draw.extents(1...3), .indices(rows))
      layer.set("embed_param", "input_dim", rows)
      layer.set("embed_param", "num_output", draw.integer(1...5))
      layer.set("embed_param", "weight_filler", draw.pick(fillers))
      if draw.boolean() { layer.set("embed_param", "bias_term", draw.boolean()) }
      return layer
    },
    "InnerProduct": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("InnerProduct", over: shape)
      layer.set("inner_product_param", "num_output", draw.pick([1, 2, 5, 17]))
      layer.set("inner_product_param", "weight_filler", draw.pick(fillers))
      if shape.count == 1 || draw.boolean() { layer.set("inner_product_param", "axis", draw.axis(of: shape)) }
      if draw.boolean() { layer.set("inner_product_param", "transpose", draw.boolean()) }
      if draw.boolean() { layer.set("inner_product_param", "bias_term", draw.boolean()) }
      return layer
    },
    "Reduction": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Reduction", over: shape)
      if draw.boolean() { layer.set("reduction_param", "operation", draw.pick(["SUM", "ASUM", "SUMSQ", "MEAN"])) }
      if draw.boolean() { layer.set("reduction_param", "axis", draw.axis(of: shape)) }
      if draw.boolean() { layer.set("reduction_param", "coeff", draw.number(-2...2)) }
      return layer
    }
  ]

  /// A layer that spreads a second bottom, or a parameter, over the first.
  private static func spread(_ type: String, _ message: String, _ draw: inout Draw, _ existing: [Int]?) -> FuzzLayer? {
    guard let shape = draw.shape(existing) else { return nil }
    var layer = FuzzLayer(type, over: shape)
    let axis = draw.integer(0...shape.count - 1)
    layer.set(message, "axis", draw.boolean() ? axis : axis - shape.count)
    let count = draw.integer(0...shape.count - axis)
    if draw.boolean() {
      layer.add(Array(shape[axis..<axis + count]))
    } else {
      layer.set(message, "num_axes", draw.chance(20) ? -1 : count)
      layer.set(message, "filler", draw.pick(fillers))
    }
    return layer
  }

  /// Over time.
  static let recurrent: [String: FuzzRecipe] = [
    "LSTM": { draw, existing in sequence("LSTM", states: 2, &draw, existing) },
    "RNN": { draw, existing in sequence("RNN", states: 1, &draw, existing) },
    "LSTMUnit": { draw, existing in
      guard existing == nil else { return nil }
      let (rows, cells) = (draw.integer(1...3), draw.integer(1...4))
      var layer = FuzzLayer("LSTMUnit", over: [1, rows, cells])
      layer.add([1, rows, 4 * cells])
      layer.add([1, rows], .flags)
      layer.tops = 2
      return layer
    }
  ]

  private static func sequence(_ type: String, states: Int, _ draw: inout Draw, _ existing: [Int]?) -> FuzzLayer? {
    guard let shape = draw.shape(existing, axes: 2...4) else { return nil }
    let outputs = draw.integer(1...4)
    var layer = FuzzLayer(type, over: shape)
    layer.add([shape[0], shape[1]], .flags)
    if draw.boolean() { layer.add([shape[1]] + draw.extents(0...2)) }
    layer.set("recurrent_param", "num_output", outputs)
    layer.set("recurrent_param", "weight_filler", draw.pick(fillers))
    if draw.boolean() {
      layer.set("recurrent_param", "expose_hidden", true)
      for _ in 0..<states { layer.add([1, shape[1], outputs]) }
      layer.tops += states
    }
    return layer
  }
}
