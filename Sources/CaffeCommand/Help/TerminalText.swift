import Caffe

/// Markdown as it is read in a terminal: headings in capitals, tables in columns, code set in.
package struct TerminalText {
  private var lines: [String] = []
  private var table: [[String]] = []
  private var isCode = false

  /// The text of a page.
  package static func render(_ markdown: String) -> String {
    var text = TerminalText()
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) { text.add(String(line)) }
    text.endTable()
    return text.lines.joined(separator: "\n") + "\n"
  }

  private mutating func add(_ line: String) {
    if line.hasPrefix("```") {
      isCode.toggle()
    } else if isCode {
      lines.append(line.isEmpty ? "" : "    " + line)
    } else if line.hasPrefix("|") {
      addRow(line)
    } else {
      endTable()
      let heading = line.drop { $0 == "#" }
      lines.append(
        heading.count < line.count ? heading.drop { $0 == " " }.uppercased() : TerminalText.plain(line))
    }
  }

  private mutating func addRow(_ line: String) {
    let cells = line.dropFirst().split(separator: "|", omittingEmptySubsequences: false).dropLast()
      .map { TerminalText.plain(String($0)).trimmingBlanks }
    guard !cells.allSatisfy({ $0.allSatisfy { $0 == "-" } && !$0.isEmpty }) else { return }
    table.append(cells)
  }

  private mutating func endTable() {
    lines += TextTable.lines(table).map { "  " + $0 }
    table = []
  }

  /// Without the marks of code, and with links as their words.
  static func plain(_ line: String) -> String {
    line.replacing("`", with: "").replacing(/\[([^\]]*)\]\([^)]*\)/) { String($0.output.1) }
  }
}

extension String {
  fileprivate var trimmingBlanks: String { String(drop { $0 == " " }).trimmingBlankEnd }
}
