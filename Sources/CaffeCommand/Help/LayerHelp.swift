import Caffe

/// What `caffe help layer NAME` and `caffe help layers` print.
package enum LayerHelp {
  /// The answer to the words after `help`; `nil` where they ask for something else.
  ///
  /// - Throws: `CaffeError` of code `flag` for a layer type that isn't there.
  package static func answer(to words: [String]) throws -> String? {
    switch words.first {
    case "layers": list
    case "layer":
      try words.dropFirst().map { try TerminalText.render(page($0).text) }.joined(separator: "\n")
        .orIfEmpty(list)
    default: nil
    }
  }

  private static func page(_ name: String) throws -> LayerPage {
    if let page = LayerPage.all.first(where: { $0.name.lowercased() == name.lowercased() }) { return page }
    let near = NearNames.hint(for: name, among: LayerPage.all.map(\.name))
    throw CaffeError(.flag, "there is no layer type \"\(name)\"\(near); caffe help layers lists all")
  }

  /// All layer types, by group, with a line about each.
  private static var list: String {
    let width = LayerPage.all.map(\.name.count).max() ?? 0
    let groups = Dictionary(grouping: LayerPage.all, by: \.group).sorted { $0.key < $1.key }
    let parts = groups.map { group, pages in
      ([group] + pages.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count))  \($0.summary)" })
        .joined(separator: "\n")
    }
    return parts.joined(separator: "\n\n") + "\n\nMore by caffe help layer NAME.\n"
  }
}

extension String {
  fileprivate func orIfEmpty(_ other: String) -> String { isEmpty ? other : self }
}
