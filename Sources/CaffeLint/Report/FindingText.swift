import CaffeCore

extension Finding {
  /// The finding as compilers print theirs: place, severity, message and rule; then the line, with a caret under the place.
  ///
  /// - Parameter width: How many columns a line of the file may take; of longer ones the part around the place is shown.
  public func text(width: Int = 100) -> String {
    let subject = layer.map { "layer \"\($0)\": " } ?? ""
    let head = "\(location): \(severity.rawValue): \(subject)\(message) [\(rule)]"
    guard let line, let column = location.column, let number = location.line else { return head }
    let gutter = "\(number)".count + 4
    let excerpt = Excerpt(line, column: column, width: max(12, width - gutter))
    let blank = String(repeating: " ", count: gutter - 3)
    return "\(head)\n \(number) | \(excerpt.text)\n\(blank) | \(excerpt.mark)"
  }
}

/// The part of a line around a place.
private struct Excerpt {
  let text: String
  /// A caret under the place, and waves under the rest of the word.
  let mark: String

  init(_ line: String, column: Int, width: Int) {
    // What would move the cursor is shown as a blank.
    let signs = line.map { $0.isASCII && $0.asciiValue.map { $0 < 32 || $0 == 127 } == true ? " " : $0 }
    let place = min(max(0, column - 1), signs.count)
    let isWord: (Character) -> Bool = { $0.isLetter || $0.isNumber || $0 == "_" }
    let word = signs[place...].prefix(while: isWord).count
    // A third of the width before the place, the rest behind it.
    let start = signs.count <= width ? 0 : min(max(0, place - width / 3), max(0, signs.count - width))
    let end = min(signs.count, start + width)
    text = String(signs[start..<end])
    let waves = min(max(0, word - 1), max(0, end - place - 1))
    mark = String(repeating: " ", count: place - start) + "^" + String(repeating: "~", count: waves)
  }
}
