/// The documentation of a layer type.
package struct LayerPage: Sendable {
  /// The type's name.
  package let name: String
  /// What it is one of: Activation, Data, Loss, …
  package let group: String
  /// The page, in Markdown, as it is in `Documentation/Layers`.
  package let text: String

  package init(name: String, group: String, text: String) {
    self.name = name
    self.group = group
    self.text = text
  }

  /// The first sentence.
  package var summary: String {
    let body = text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.isEmpty || $0.hasPrefix("#") }
    let paragraph = TerminalText.plain(body.prefix { !$0.isEmpty }.joined(separator: " "))
    return paragraph.firstRange(of: ". ").map { String(paragraph[..<$0.lowerBound]) + "." } ?? paragraph
  }
}
