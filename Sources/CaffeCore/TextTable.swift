/// Rows of text in columns, two blanks between them.
package enum TextTable {
  /// The rows as lines without blanks at their ends; the columns of `right` end at one place, the others begin at one.
  package static func lines(_ rows: [[String]], right: Set<Int> = []) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        return right.contains(column) ? blanks + text : text + blanks
      }
      return cells.joined(separator: "  ").trimmingBlankEnd
    }
  }
}

extension String {
  /// The text without blanks at its end.
  package var trimmingBlankEnd: String { String(prefix(count - reversed().prefix { $0 == " " }.count)) }
}
