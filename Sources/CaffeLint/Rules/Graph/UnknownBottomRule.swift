import CaffeCore

/// Bottoms that nothing produces.
struct UnknownBottomRule: LintRule {
  let page = RulePage(
    "bottom", .error, summary: "No layer before this one produces its bottom.",
    text: """
      The name is misspelt, the layer that produces it comes later, or it belongs to another phase. Two layers that need each other can't \
      be computed at all: a net has no cycles but those of recurrent layers, which keep theirs inside.
      """,
    wrong: """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 } } }
      layer { name: "r" type: "ReLU" bottom: "date" top: "r" }
      """,
    right: """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 } } }
      layer { name: "r" type: "ReLU" bottom: "data" top: "r" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    // Where each name is produced last, so that a producer that comes too late is found at once.
    var producers: [String: Int] = [:]
    for (index, layer) in net.layers.enumerated() { for top in layer.top { producers[top] = index } }
    var known: [String] = []
    for (index, layer) in net.layers.enumerated() {
      for (position, source) in net.sources[index].enumerated() where source == nil {
        let name = layer.bottom[position]
        let text = "no layer before it produces its bottom \"\(name)\" in phase \(net.phaseName)"
        let place = net.place(index, position == 0 ? "bottom" : "bottom[\(position)]")
        report(Remark(text + remedy(name, producers[name], index, net, known), at: place, layer: layer.name))
      }
      known += layer.top
    }
  }

  private func remedy(_ name: String, _ producer: Int?, _ index: Int, _ net: LintedNet, _ known: [String]) -> String {
    if let producer, producer == index { return "; it can't read what it makes itself" }
    if let producer, producer > index {
      return "; \"\(net.layers[producer].name)\" produces it later: move that layer up"
    }
    // Near names among many thousands take long and help nobody.
    let hint = NearNames.hint(for: name, among: Set(known.suffix(500)))
    return hint.isEmpty ? "; name a top of an earlier layer" : hint
  }
}
