extension FuzzRecipes {
  private static func unary(
    _ type: String, _ values: FuzzLayer.Values = .even,
    _ fields: @escaping @Sendable (inout Draw, inout FuzzLayer) -> Void = { _, _ in }
  ) -> (String, FuzzRecipe) {
    (
      type,
      { draw, existing in
        guard let shape = draw.shape(existing) else { return nil }
        var layer = FuzzLayer(type, over: shape, values)
        fields(&draw, &layer)
        return layer
      }
    )
  }

  private static func named(_ recipes: [(String, FuzzRecipe)]) -> [String: FuzzRecipe] {
    Dictionary(uniqueKeysWithValues: recipes)
  }

  /// Functions of single values.
  static let activations: [String: FuzzRecipe] = named([
    unary("AbsVal"), unary("BNLL"), unary("Sigmoid"), unary("TanH"),
    unary("ReLU") { if $0.boolean() { $1.set("relu_param", "negative_slope", $0.number(-1...1)) } },
    unary("ELU") { if $0.boolean() { $1.set("elu_param", "alpha", $0.number(-1...2)) } },
    unary("Swish") { if $0.boolean() { $1.set("swish_param", "beta", $0.number(-2...2)) } },
    unary("Threshold") { if $0.boolean() { $1.set("threshold_param", "threshold", $0.number(-1...1)) } },
    unary("Dropout") { if $0.boolean() { $1.set("dropout_param", "dropout_ratio", $0.number(0.1...0.9)) } },
    unary("Clip") {
      $1.set("clip_param", "min", $0.number(-1...0))
      $1.set("clip_param", "max", $0.number(0...1))
    },
    unary("Exp") { if $0.boolean() { $1.set("exp_param", "base", $0.pick(["-1", "2", "10"])) } },
    unary("Log", .positive) { if $0.boolean() { $1.set("log_param", "base", $0.pick(["-1", "2", "10"])) } },
    unary("Power", .positive) {
      if $0.boolean() { $1.set("power_param", "power", $0.number(-2...2)) }
      if $0.boolean() { $1.set("power_param", "scale", $0.number(0...2)) }
    },
    (
      "PReLU",
      { draw, existing in
        guard let shape = draw.shape(existing, axes: 2...5) else { return nil }
        var layer = FuzzLayer("PReLU", over: shape)
        if draw.boolean() { layer.set("prelu_param", "channel_shared", draw.boolean()) }
        return layer
      }
    )
  ])

  /// Along or between axes.
  static let normalizations: [String: FuzzRecipe] = named([
    unary("Softmax") { $1.set("softmax_param", "axis", $0.axis(of: $1.bottoms[0].shape)) },
    unary("BatchNorm") {
      if $0.boolean() { $1.set("batch_norm_param", "use_global_stats", $0.boolean()) }
    },
    (
      "MVN",
      { draw, existing in
        guard let shape = draw.shape(existing, axes: 2...4) else { return nil }
        var layer = FuzzLayer("MVN", over: shape)
        if draw.boolean() { layer.set("mvn_param", "across_channels", draw.boolean()) }
        if draw.boolean() { layer.set("mvn_param", "normalize_variance", draw.boolean()) }
        return layer
      }
    ),
    (
      "LRN",
      { draw, existing in
        guard let shape = draw.images(existing) else { return nil }
        var layer = FuzzLayer("LRN", over: shape)
        layer.set("lrn_param", "local_size", draw.pick([1, 3, 5]))
        if draw.boolean() { layer.set("lrn_param", "norm_region", draw.pick(["ACROSS_CHANNELS", "WITHIN_CHANNEL"])) }
        return layer
      }
    )
  ])
}
