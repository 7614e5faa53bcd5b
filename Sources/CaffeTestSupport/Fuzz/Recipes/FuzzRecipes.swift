/// Recipes by layer type. What they draw mostly works; mutations make it odd afterwards.
enum FuzzRecipes {
  /// The recipe of a type; those without one of their own get any bottoms and tops.
  static func recipe(for type: String) -> FuzzRecipe {
    if let recipe = table[type] { return recipe }
    return { draw, existing in
      var layer = FuzzLayer(type, tops: draw.integer(0...2))
      if draw.boolean() { layer.add(existing ?? draw.extents(1...5)) }
      return layer
    }
  }

  private static let table: [String: FuzzRecipe] = {
    var table: [String: FuzzRecipe] = [:]
    for group in [inputs, activations, arithmetic, normalizations, recurrent, shaping, vision, losses] {
      table.merge(group) { first, _ in first }
    }
    return table
  }()

  static let fillers = [
    "{ type: \"constant\" value: 0.5 }", "{ type: \"gaussian\" std: 0.3 }", "{ type: \"uniform\" min: -0.5 max: 0.5 }",
    "{ type: \"xavier\" }", "{ type: \"msra\" variance_norm: AVERAGE }", "{ type: \"positive_unitball\" }"
  ]

  /// The text of a shape.
  static func text(_ extents: [Int]) -> String { "{ \(extents.map { "dim: \($0)" }.joined(separator: " ")) }" }
}
