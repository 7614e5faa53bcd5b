extension FuzzRecipes {
  /// Windows over images.
  static let vision: [String: FuzzRecipe] = [
    "Convolution": { draw, existing in windowed("Convolution", &draw, existing) },
    "Deconvolution": { draw, existing in windowed("Deconvolution", &draw, existing) },
    "Im2col": { draw, existing in
      guard var layer = windowed("Im2col", &draw, existing) else { return nil }
      layer.fields.removeAll { !["kernel_size", "stride", "pad", "dilation", "kernel_h", "kernel_w"].contains($0.name) }
      layer.bottoms = [layer.bottoms[0]]
      layer.tops = 1
      return layer
    },
    "Crop": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Crop", over: shape)
      let axis = draw.integer(0...shape.count - 1)
      layer.set("crop_param", "axis", draw.boolean() ? axis : axis - shape.count)
      layer.add(shape.enumerated().map { $0.offset < axis ? draw.integer(1...3) : draw.integer(1...$0.element) })
      if draw.chance(30) { layer.set("crop_param", "offset", draw.integer(0...1)) }
      return layer
    },
    "Pooling": { draw, existing in
      guard let shape = draw.images(existing) else { return nil }
      var layer = FuzzLayer("Pooling", over: shape, .positive)
      let method = draw.pick(["MAX", "AVE", "STOCHASTIC"])
      layer.set("pooling_param", "pool", method)
      if draw.chance(20) {
        layer.set("pooling_param", "global_pooling", true)
      } else {
        let kernel = draw.integer(1...min(3, shape[2], shape[3]))
        layer.set("pooling_param", "kernel_size", kernel)
        layer.set("pooling_param", "stride", draw.integer(1...4))
        if method != "STOCHASTIC", draw.boolean() { layer.set("pooling_param", "pad", draw.integer(0...kernel - 1)) }
      }
      if draw.chance(30) { layer.set("pooling_param", "round_mode", draw.pick(["CEIL", "FLOOR"])) }
      if method == "MAX", draw.chance(30) { layer.tops = 2 }
      return layer
    },
    "SPP": { draw, existing in
      guard let shape = draw.images(existing) else { return nil }
      var layer = FuzzLayer("SPP", over: shape, .positive)
      layer.set("spp_param", "pyramid_height", draw.integer(1...2))
      if draw.boolean() { layer.set("spp_param", "pool", draw.pick(["MAX", "AVE", "STOCHASTIC"])) }
      return layer
    }
  ]

  /// A convolution of any kind: over images, over fewer or more spatial axes, in groups.
  private static func windowed(_ type: String, _ draw: inout Draw, _ existing: [Int]?) -> FuzzLayer? {
    let some = draw.chance(70) ? draw.images(existing) : draw.shape(existing, axes: 3...5)
    guard let shape = some else { return nil }
    let smallest = shape[2...].min() ?? 1
    let channels = shape[1]
    var layer = FuzzLayer(type, over: shape)
    let message = "convolution_param"
    let group = draw.chance(30) ? draw.pick((1...channels).filter { channels % $0 == 0 }) : 1
    layer.set(message, "num_output", group * draw.pick([1, 2, 3, 16]))
    if group > 1 { layer.set(message, "group", group) }
    if shape.count == 4, draw.chance(20) {
      layer.set(message, "kernel_h", draw.integer(1...smallest))
      layer.set(message, "kernel_w", draw.integer(1...smallest))
    } else {
      layer.set(message, "kernel_size", draw.integer(1...min(3, smallest)))
    }
    if draw.boolean() { layer.set(message, "stride", draw.integer(1...3)) }
    if draw.boolean() { layer.set(message, "pad", draw.integer(0...2)) }
    if draw.chance(15) { layer.set(message, "dilation", draw.integer(1...2)) }
    if draw.chance(30) { layer.set(message, "bias_term", draw.boolean()) }
    if draw.chance(20) { layer.set(message, "axis", 1 - (draw.boolean() ? shape.count : 0)) }
    layer.set(message, "weight_filler", draw.pick(fillers))
    if draw.chance(20) {
      layer.add(shape)
      layer.tops = 2
    }
    return layer
  }
}
