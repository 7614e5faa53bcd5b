extension FuzzRecipes {
  /// The same values in other places.
  static let shaping: [String: FuzzRecipe] = [
    "BatchReindex": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("BatchReindex", over: shape)
      layer.add([draw.integer(1...5)], .indices(shape[0]))
      return layer
    },
    "Concat": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Concat", over: shape)
      let axis = draw.integer(0...shape.count - 1)
      for _ in 0..<draw.integer(0...2) {
        var other = shape
        other[axis] = draw.integer(1...4)
        layer.add(other)
      }
      layer.set("concat_param", "axis", draw.boolean() ? axis : axis - shape.count)
      return layer
    },
    "Filter": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Filter", over: shape)
      layer.tops = draw.integer(1...2)
      if layer.tops == 2 { layer.add([shape[0]] + draw.extents(0...2)) }
      layer.add([shape[0]] + Array(repeating: 1, count: draw.integer(0...2)), .flags)
      return layer
    },
    "Flatten": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Flatten", over: shape)
      let first = draw.integer(0...shape.count - 1)
      layer.set("flatten_param", "axis", first)
      layer.set("flatten_param", "end_axis", draw.boolean() ? -1 : draw.integer(first...shape.count - 1))
      return layer
    },
    "Reshape": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Reshape", over: shape)
      var extents = shape.map { draw.boolean() ? 0 : $0 }
      if draw.boolean() { extents[draw.integer(0...extents.count - 1)] = -1 }
      layer.set("reshape_param", "shape", text(draw.chance(20) ? [-1] : extents))
      return layer
    },
    "Silence": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Silence", over: shape)
      if draw.boolean() { layer.add(draw.extents(1...3)) }
      layer.tops = 0
      return layer
    },
    "Slice": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Slice", over: shape)
      let axis = draw.integer(0...shape.count - 1)
      let extent = shape[axis]
      layer.set("slice_param", "axis", axis)
      if draw.boolean(), extent > 1 {
        let points = (1..<extent).filter { _ in draw.boolean() }
        for point in points { layer.set("slice_param", "slice_point", point) }
        layer.tops = points.isEmpty ? 1 : points.count + 1
      } else {
        layer.tops = (1...extent).filter { extent % $0 == 0 }.randomElement(&draw)
      }
      return layer
    },
    "Split": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("Split", over: shape)
      layer.tops = draw.integer(1...3)
      return layer
    },
    "Tile": { draw, existing in
      guard let shape = draw.shape(existing, axes: 1...4) else { return nil }
      var layer = FuzzLayer("Tile", over: shape)
      layer.set("tile_param", "axis", draw.axis(of: shape))
      layer.set("tile_param", "tiles", draw.integer(1...3))
      return layer
    }
  ]
}

extension [Int] {
  fileprivate func randomElement(_ draw: inout Draw) -> Int { draw.pick(self) }
}
