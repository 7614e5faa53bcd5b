import CaffeCore

/// A place in a text; both count from 1, columns in characters.
struct Position: Hashable {
  var line = 1
  var column = 1

  func location(in file: String) -> FileLocation { FileLocation(file: file, line: line, column: column) }
}

/// One word or sign of a prototxt.
struct Token {
  enum Kind: Equatable {
    /// Letters, digits and `_`, not starting with a digit.
    case identifier(String)
    /// Starts with a digit or a point; not yet checked to be a number.
    case number(String)
    /// The bytes between quotes, escapes resolved.
    case string([UInt8])
    case symbol(UInt8)
    case end
  }

  var kind: Kind
  var position: Position

  /// How an error message names it.
  var description: String {
    switch kind {
    case .identifier(let text), .number(let text): "\"\(clipped(text))\""
    case .string(let bytes): "the string \"\(clipped(String(decoding: bytes, as: UTF8.self)))\""
    case .symbol(let sign): "\"\(Character(UnicodeScalar(sign)))\""
    case .end: "the end of the file"
    }
  }

  func isSymbol(_ sign: Character) -> Bool {
    guard case .symbol(let own) = kind else { return false }
    return own == sign.asciiValue
  }

  private func clipped(_ text: String) -> String { text.count > 60 ? "\(text.prefix(60))…" : text }
}

/// A token as it is written.
struct Piece {
  var token: Token
  /// What is between the token before and this one: blanks, ends of lines, comments.
  var space: ArraySlice<UInt8>
  /// The token's own bytes.
  var text: ArraySlice<UInt8>
}
