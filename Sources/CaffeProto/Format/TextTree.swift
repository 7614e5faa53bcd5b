import CaffeCore

/// Reads a prototxt into its fields as they are written, without a schema.
struct TextTree {
  private var tokenizer: Tokenizer
  private let file: String
  private var piece: Piece
  /// The comments and empty lines since the last token that weren't given to a field yet.
  private var asides: [TextField.Aside] = []
  private var depth = 0
  /// No schema goes deeper than a few levels.
  private static let maximumDepth = 100

  init(_ bytes: [UInt8], file: String) throws {
    self.file = file
    tokenizer = Tokenizer(bytes, file: file)
    piece = try tokenizer.nextPiece()
    asides = TextTree.lines(piece.space[...], followsToken: false).lines
  }

  /// The fields of the whole file.
  mutating func fields() throws -> TextBlock {
    let block = try block(until: nil)
    guard case .end = piece.token.kind else { throw unexpected("the name of a field") }
    return block
  }

  // MARK: - Structure

  /// The fields up to the closing sign, which isn't taken.
  private mutating func block(until end: Character?) throws -> TextBlock {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TextTree.maximumDepth else {
      throw error("messages lie in one another more than \(TextTree.maximumDepth) deep; no prototxt needs that")
    }
    var block = TextBlock()
    while !isEnd(end) {
      var field = try field()
      field.comment = takeLineComment()
      if piece.token.isSymbol(",") || piece.token.isSymbol(";") {
        try advance()
        if field.comment == nil { field.comment = takeLineComment() }
      }
      block.fields.append(field)
    }
    block.end = takeMisplaced() + takeAsides()
    return block
  }

  private func isEnd(_ sign: Character?) -> Bool {
    if case .end = piece.token.kind { return true }
    return sign.map { piece.token.isSymbol($0) } ?? false
  }

  private mutating func field() throws -> TextField {
    guard case .identifier = piece.token.kind else { throw unexpected("the name of a field") }
    var field = TextField(before: takeAsides(), name: Array(piece.text), value: .scalar([]))
    try advance()
    let hasColon = piece.token.isSymbol(":")
    if hasColon { try advance() }
    guard hasColon || ["{", "<", "["].contains(where: { piece.token.isSymbol($0) }) else {
      throw unexpected("\":\" or \"{\"")
    }
    field.value = try value()
    // Comments in the midst of a field go before it.
    field.before += takeMisplaced()
    return field
  }

  private mutating func value() throws -> TextField.Value {
    let opening = piece.token
    if opening.isSymbol("{") || opening.isSymbol("<") { return .message(try message(opening)) }
    if opening.isSymbol("[") { return try list() }
    return .scalar(try scalar())
  }

  private mutating func message(_ opening: Token) throws -> TextBlock {
    keepAsides()
    let misplaced = takeMisplaced()
    let end: Character = opening.isSymbol("{") ? "}" : ">"
    try advance()
    let comment = takeLineComment()
    var block = try block(until: end)
    guard piece.token.isSymbol(end) else {
      throw error(
        "the \(opening.description) at line \(opening.position.line), column \(opening.position.column) isn't closed: found "
          + "\(piece.token.description) where \"\(end)\" was expected")
    }
    block.comment = comment
    block.isOnOneLine = piece.token.position.line == opening.position.line
    try advance()
    misplacedBefore += misplaced
    return block
  }

  private mutating func list() throws -> TextField.Value {
    try advance()
    var values: [TextField.Value] = []
    while !piece.token.isSymbol("]") {
      if !values.isEmpty {
        guard piece.token.isSymbol(",") else { throw unexpected("\",\" or \"]\"") }
        try advance()
      }
      values.append(try value())
    }
    try advance()
    return .list(values)
  }

  private mutating func scalar() throws -> [UInt8] {
    var text: [UInt8] = []
    if piece.token.isSymbol("-") {
      text = Array(piece.text)
      try advance()
    }
    switch piece.token.kind {
    case .number, .identifier:
      text += piece.text
      try advance()
    case .string where text.isEmpty:
      while case .string = piece.token.kind {
        if !text.isEmpty { text.append(UInt8(ascii: " ")) }
        text += TextTree.quoted(piece.text)
        try advance()
      }
    default: throw unexpected("a value")
    }
    return text
  }

  // MARK: - Tokens and what is between them

  /// Comments that stood between the parts of a field.
  private var misplacedBefore: [TextField.Aside] = []

  /// The next token. Comments before a part of a field are kept for the field's beginning.
  private mutating func advance() throws {
    keepAsides()
    piece = try tokenizer.nextPiece()
    (lineComment, asides) = TextTree.lines(piece.space, followsToken: true)
  }

  private var lineComment: [UInt8]?

  private mutating func keepAsides() {
    if let comment = takeLineComment() { misplacedBefore.append(.comment(comment)) }
    misplacedBefore += takeAsides().comments
  }

  private mutating func takeLineComment() -> [UInt8]? {
    defer { lineComment = nil }
    return lineComment
  }

  private mutating func takeAsides() -> [TextField.Aside] {
    defer { asides = [] }
    return asides
  }

  private mutating func takeMisplaced() -> [TextField.Aside] {
    defer { misplacedBefore = [] }
    return misplacedBefore
  }

  /// The comment on the line of the token before, and the lines after that.
  private static func lines(
    _ space: ArraySlice<UInt8>, followsToken: Bool
  ) -> (comment: [UInt8]?, lines: [TextField.Aside]) {
    var comment: [UInt8]?
    var asides: [TextField.Aside] = []
    let lines = space.split(separator: 10, omittingEmptySubsequences: false).flatMap {
      // A lone CR ends a line, too; one before LF is a blank at the end.
      $0.last == 13 ? [$0.dropLast()] : $0.split(separator: 13, omittingEmptySubsequences: false)
    }
    for (index, line) in lines.enumerated() {
      let start = line.drop { $0 == 32 || (9...13).contains($0) }
      let text = Array(start.reversed().drop { $0 == 32 || $0 == 9 }.reversed())
      if index == 0, followsToken {
        comment = text.isEmpty ? nil : text
      } else if !text.isEmpty {
        asides.append(.comment(text))
      } else if index > 0 || !followsToken, index < lines.count - 1 {
        asides.append(.emptyLine)
      }
    }
    return (comment, asides)
  }

  /// A string in double quotes, where it needs no other escapes for that.
  private static func quoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let inside = text.dropFirst().dropLast()
    guard text.first == UInt8(ascii: "'"), !inside.contains(UInt8(ascii: "\"")), !inside.contains(UInt8(ascii: "\\"))
    else {
      return Array(text)
    }
    return [UInt8(ascii: "\"")] + inside + [UInt8(ascii: "\"")]
  }

  private func unexpected(_ expected: String) -> CaffeError {
    error("found \(piece.token.description) where \(expected) was expected")
  }

  private func error(_ message: String) -> CaffeError {
    CaffeError(.syntax, message, at: piece.token.position.location(in: file))
  }
}

extension [TextField.Aside] {
  /// The comments alone.
  fileprivate var comments: [TextField.Aside] {
    filter {
      if case .comment = $0 { return true }
      return false
    }
  }
}
