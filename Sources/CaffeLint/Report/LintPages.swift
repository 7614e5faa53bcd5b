extension LintRules {
  /// All pages as one, in Markdown.
  public static var document: String {
    let introduction = """
      # Lint

      What `caffe lint` looks for. Each rule has a name, which its findings end with. `--ignore=RULE,RULE` leaves rules out; a comment
      `# lint: ignore RULE` behind a line leaves a warning about that line out.
      """
    let table =
      ["| rule | finds | |", "|---|---|---|"]
      + pages.map { "| [`\($0.name)`](#\($0.name)) | \($0.summary) | \($0.severity.rawValue) |" }
    return ([introduction, table.joined(separator: "\n")] + pages.map(\.markdown)).joined(separator: "\n\n") + "\n"
  }
}

extension RulePage {
  /// The page in Markdown.
  public var markdown: String {
    var parts = ["## \(name)\n\n\(summary)\n\n\(text)"]
    if !wrong.isEmpty { parts.append("Found:\n```prototxt\n\(wrong)\n```") }
    if !right.isEmpty { parts.append("Meant:\n```prototxt\n\(right)\n```") }
    return parts.joined(separator: "\n\n")
  }
}
