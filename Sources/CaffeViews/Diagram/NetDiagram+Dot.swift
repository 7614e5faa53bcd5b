extension NetDiagram {
  /// Which way a diagram runs.
  public enum Direction: String, CaseIterable, Sendable {
    case leftToRight = "LR"
    case rightToLeft = "RL"
    case topToBottom = "TB"
    case bottomToTop = "BT"

    /// Whether the layers follow one another from side to side.
    var isHorizontal: Bool { self == .leftToRight || self == .rightToLeft }
  }

  /// The diagram in Graphviz' language.
  public func dot(_ direction: Direction) -> String {
    var lines = [
      "digraph \(NetDiagram.quoted(title)) {", "  rankdir=\(direction.rawValue);",
      "  label=\(NetDiagram.quoted(title)); labelloc=t; fontname=\"Helvetica\"; fontsize=16;",
      "  node [shape=box style=\"rounded,filled\" fontname=\"Helvetica\" fontsize=11 color=\"#666666\"];",
      "  edge [fontname=\"Helvetica\" fontsize=9 color=\"#666666\" fontcolor=\"#444444\"];"
    ]
    for (index, box) in boxes.enumerated() {
      let text = ([box.title] + box.lines).joined(separator: "\n")
      let shape = box.kind == .output ? " shape=ellipse" : ""
      lines.append("  n\(index) [label=\(NetDiagram.quoted(text)) fillcolor=\"\(box.kind.color)\"\(shape)];")
    }
    for arrow in arrows { lines.append("  n\(arrow.from) -> n\(arrow.to) [label=\(NetDiagram.quoted(arrow.label))];") }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return "\"\(escaped)\""
  }
}
