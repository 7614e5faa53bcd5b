extension FuzzRecipes {
  /// Scores against what they should be.
  static let losses: [String: FuzzRecipe] = [
    "Accuracy": { draw, existing in
      guard var (layer, channels) = labelled("Accuracy", "accuracy_param", &draw, existing) else { return nil }
      layer.set("accuracy_param", "top_k", draw.integer(1...channels))
      if draw.chance(30) { layer.tops = 2 }
      return layer
    },
    "SoftmaxWithLoss": { draw, existing in
      guard var (layer, _) = labelled("SoftmaxWithLoss", "softmax_param", &draw, existing) else { return nil }
      layer.setLossFields(&draw)
      if draw.chance(30) { layer.tops = 2 }
      return layer
    },
    "InfogainLoss": { draw, existing in
      guard var (layer, channels) = labelled("InfogainLoss", "infogain_loss_param", &draw, existing) else { return nil }
      layer.setLossFields(&draw)
      if channels == FuzzFiles.infogainClasses, draw.boolean() {
        layer.set("infogain_loss_param", "source", "\"infogain.binaryproto\"")
      } else {
        layer.add([channels, channels])
      }
      return layer
    },
    "HingeLoss": { draw, existing in
      guard let shape = draw.shape(existing, axes: 2...4) else { return nil }
      var layer = FuzzLayer("HingeLoss", over: shape)
      layer.add([shape[0]], .indices(shape[1...].reduce(1, *)))
      if draw.boolean() { layer.set("hinge_loss_param", "norm", draw.pick(["L1", "L2"])) }
      return layer
    },
    "MultinomialLogisticLoss": { draw, existing in
      guard existing == nil else { return nil }
      let shape = draw.extents(2...4)
      var layer = FuzzLayer("MultinomialLogisticLoss", over: shape, .probabilities)
      layer.add([shape[0]], .indices(shape[1...].reduce(1, *)))
      return layer
    },
    "EuclideanLoss": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("EuclideanLoss", over: shape)
      layer.add(shape)
      return layer
    },
    "SigmoidCrossEntropyLoss": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("SigmoidCrossEntropyLoss", over: shape)
      layer.add(shape, .probabilities)
      layer.setLossFields(&draw)
      return layer
    },
    "ContrastiveLoss": { draw, existing in
      guard let shape = draw.shape(existing, axes: 2...4) else { return nil }
      var layer = FuzzLayer("ContrastiveLoss", over: shape)
      layer.add(shape)
      layer.add([shape[0]], .flags)
      if draw.boolean() { layer.set("contrastive_loss_param", "margin", draw.number(0...2)) }
      if draw.boolean() { layer.set("contrastive_loss_param", "legacy_version", draw.boolean()) }
      return layer
    }
  ]

  /// Scores with a label for each place outside the channel axis.
  private static func labelled(
    _ type: String, _ message: String, _ draw: inout Draw, _ existing: [Int]?
  ) -> (FuzzLayer, channels: Int)? {
    guard let shape = draw.shape(existing, axes: 2...4) else { return nil }
    let axis = draw.chance(70) ? 1 : draw.integer(0...shape.count - 1)
    var layer = FuzzLayer(type, over: shape)
    var places = shape
    places.remove(at: axis)
    layer.add(places, .indices(shape[axis]))
    if axis != 1 || draw.boolean() { layer.set(message, "axis", draw.boolean() ? axis : axis - shape.count) }
    return (layer, shape[axis])
  }
}

extension FuzzLayer {
  /// Fields of `loss_param`.
  fileprivate mutating func setLossFields(_ draw: inout Draw) {
    if draw.chance(30) { set("loss_param", "ignore_label", draw.integer(-1...1)) }
    if draw.chance(40) { set("loss_param", "normalization", draw.pick(["FULL", "VALID", "BATCH_SIZE", "NONE"])) }
  }
}
