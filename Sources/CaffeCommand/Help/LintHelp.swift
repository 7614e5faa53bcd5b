import Caffe

/// What `caffe help lint` and `caffe help lint RULE` print.
enum LintHelp {
  /// The answer to the words after `help`; `nil` where they ask for something else.
  ///
  /// - Throws: `CaffeError` of code `flag` for a rule that isn't there.
  static func answer(to words: [String]) throws -> String? {
    guard words.first == "lint" else { return nil }
    guard words.count > 1 else { return TerminalText.render(LintRules.document) }
    return try words.dropFirst().map { name in
      guard let page = LintRules.pages.first(where: { $0.name == name }) else {
        let hint = NearNames.hint(for: name, among: LintRules.pages.map(\.name))
        throw CaffeError(.flag, "there is no rule \"\(name)\"\(hint); caffe help lint lists all")
      }
      return TerminalText.render(page.markdown)
    }.joined(separator: "\n")
  }
}
