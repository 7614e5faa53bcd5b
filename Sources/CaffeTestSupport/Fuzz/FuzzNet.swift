import Caffe

/// A net that grows layer by layer as a seed draws it: chains and branches over small inputs.
struct FuzzNet {
  /// An input that the net brought along.
  struct Input {
    var name: String
    var values: FuzzLayer.Values
  }

  private(set) var inputs: [Input] = []
  /// The layer that was added last.
  private(set) var lastName = ""
  private(set) var lastType = ""
  private(set) var lastTops: [String] = []
  private var lines: [String]
  private var count = 0

  init(_ draw: inout Draw) {
    lines = draw.chance(60) ? ["force_backward: true"] : []
    if draw.chance(3) { lines.append("debug_info: true") }
  }

  /// The net's prototxt.
  var text: String { lines.joined(separator: "\n") + "\n" }

  /// Adds a layer of `type` over blobs of `shapes` or inputs of its own, odd if `isOdd`.
  mutating func add(_ type: String, over shapes: [String: [Int]], isOdd: Bool, _ draw: inout Draw) {
    count += 1
    let names = shapes.keys.sorted()
    var layer = drawn(type, names, shapes, &draw)
    if isOdd {
      for _ in 0..<draw.integer(1...2) { layer.mutate(&draw, blobs: names) }
    }
    lastName = "l\(count)"
    lastType = type
    let bottoms = layer.bottoms.map { bottomName($0, names, shapes, &draw) }
    lastTops = (0..<layer.tops).map { layer.topNames[$0] ?? "\(lastName)_\($0)" }
    lines.append(layer.text(name: lastName, bottoms: bottoms, tops: lastTops))
  }

  private func drawn(
    _ type: String, _ names: [String], _ shapes: [String: [Int]], _ draw: inout Draw
  ) -> FuzzLayer {
    let recipe = FuzzRecipes.recipe(for: type)
    if !names.isEmpty, draw.chance(75) {
      let name = draw.pick(names)
      if var layer = recipe(&draw, shapes[name] ?? []) {
        if !layer.bottoms.isEmpty { layer.bottoms[0].name = name }
        return layer
      }
    }
    return recipe(&draw, nil) ?? FuzzLayer(type)
  }

  /// The blob that a bottom is: the one named, at times another of its shape, else an input that is added.
  private mutating func bottomName(
    _ bottom: FuzzLayer.Bottom, _ names: [String], _ shapes: [String: [Int]], _ draw: inout Draw
  ) -> String {
    if let name = bottom.name { return name }
    if bottom.values == .even, draw.boolean(), let name = names.last(where: { shapes[$0] == bottom.shape }) {
      return name
    }
    let name = "x\(inputs.count)"
    inputs.append(Input(name: name, values: bottom.values))
    lines.append(
      "layer { name: \"\(name)\" type: \"Input\" top: \"\(name)\" input_param { shape \(FuzzRecipes.text(bottom.shape)) } }"
    )
    return name
  }
}
