/// Writes fields in the one layout.
struct TextLayout {
  private(set) var bytes: [UInt8] = []

  /// Adds the lines of a block's fields.
  mutating func add(_ block: TextBlock, level: Int) {
    for (index, field) in block.fields.enumerated() {
      add(field.before, level, isFirst: index == 0)
      add(field, level)
    }
    add(block.end, level, isFirst: block.fields.isEmpty, isLast: true)
  }

  private mutating func add(_ field: TextField, _ level: Int) {
    var start = field.name
    if case .message = field.value { start += " " } else { start += ": " }
    if case .list(let values) = field.value, values.contains(where: \.isMessage) { start = field.name + " " }
    add(field.value, behind: start, level, comment: field.comment)
  }

  private mutating func add(
    _ value: TextField.Value, behind start: [UInt8], _ level: Int, comment: [UInt8]?, end: [UInt8] = []
  ) {
    if let line = value.line, value.prefersOneLine, fits(start + line + end, level) {
      return add(line: start + line + end, level, comment)
    }
    switch value {
    case .scalar(let text): add(line: start + text + end, level, comment)
    case .message(let block):
      add(line: start + "{", level, block.comment)
      add(block, level: level + 1)
      add(line: "}" + end, level, comment)
    case .list(let values):
      add(line: start + "[", level, nil)
      if values.contains(where: \.isMessage) {
        for (index, value) in values.enumerated() {
          add(value, behind: [], level + 1, comment: nil, end: index < values.count - 1 ? Array(",".utf8) : [])
        }
      } else {
        fill(values, level + 1)
      }
      add(line: "]" + end, level, comment)
    }
  }

  /// Values of a list, as many on a line as fit.
  private mutating func fill(_ values: [TextField.Value], _ level: Int) {
    var line: [UInt8] = []
    for (index, value) in values.enumerated() {
      let text = (value.line ?? []) + (index < values.count - 1 ? "," : "")
      if !line.isEmpty, !fits(line + " " + text, level) {
        add(line: line, level, nil)
        line = []
      }
      line += (line.isEmpty ? [] : [32]) + text
    }
    if !line.isEmpty { add(line: line, level, nil) }
  }

  private func fits(_ line: [UInt8], _ level: Int) -> Bool { line.count + 2 * level <= PrototxtFormatter.width }

  private mutating func add(_ asides: [TextField.Aside], _ level: Int, isFirst: Bool, isLast: Bool = false) {
    var isEmptyLineDue = false
    var isAtStart = isFirst
    for aside in asides {
      switch aside {
      case .emptyLine: isEmptyLineDue = !isAtStart
      case .comment(let text):
        if isEmptyLineDue { bytes.append(10) }
        add(line: text, level, nil)
        (isEmptyLineDue, isAtStart) = (false, false)
      }
    }
    if isEmptyLineDue, !isLast { bytes.append(10) }
  }

  private mutating func add(line: [UInt8], _ level: Int, _ comment: [UInt8]?) {
    bytes += [UInt8](repeating: 32, count: 2 * level) + line
    if let comment { bytes += "  " + comment }
    bytes.append(10)
  }
}

extension TextField.Value {
  fileprivate var isMessage: Bool {
    if case .message = self { return true }
    return false
  }

  /// Whether it goes on one line where it fits.
  fileprivate var prefersOneLine: Bool {
    switch self {
    case .scalar: true
    case .message(let block): block.isOnOneLine
    case .list(let values): values.allSatisfy(\.prefersOneLine)
    }
  }

  /// It on one line; nil where comments need lines of their own.
  fileprivate var line: [UInt8]? {
    switch self {
    case .scalar(let text): return text
    case .list(let values):
      let parts = values.map(\.line)
      return parts.contains { $0 == nil } ? nil : "[" + Array(parts.compactMap { $0 }.joined(separator: [44, 32])) + "]"
    case .message(let block):
      guard block.comment == nil, block.end.isEmpty else { return nil }
      var text = Array("{".utf8)
      for field in block.fields {
        guard field.before.isEmpty, field.comment == nil, let value = field.value.line else { return nil }
        text += " " + field.name + (field.value.isMessage ? " " : ": ") + value
      }
      return text + (block.fields.isEmpty ? "}" : " }")
    }
  }
}

private func + (left: String, right: [UInt8]) -> [UInt8] { Array(left.utf8) + right }
private func + (left: [UInt8], right: String) -> [UInt8] { left + Array(right.utf8) }
private func += (left: inout [UInt8], right: String) { left += Array(right.utf8) }
