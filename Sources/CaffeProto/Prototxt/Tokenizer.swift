import CaffeCore

/// Splits a prototxt into tokens that know their place; takes any line endings and skips `#` comments.
struct Tokenizer {
  private let bytes: [UInt8]
  private let file: String
  private var index = 0
  private var position = Position()

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  /// The next token; throws a `.syntax` error at a sign that has no place in a prototxt.
  mutating func next() throws -> Token {
    try skipSpace()
    let start = position
    guard let byte = peek() else { return Token(kind: .end, position: start) }
    if isMergeMark {
      throw error(start, "found the marks of an unfinished merge; settle the merge, then read the file again")
    }
    switch byte {
    case let byte where isLetter(byte): return Token(kind: .identifier(word()), position: start)
    case let byte where isDigit(byte): return Token(kind: .number(numberText()), position: start)
    case UInt8(ascii: ".") where peek(1).map(isDigit) == true:
      return Token(kind: .number(numberText()), position: start)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      return Token(kind: .string(try string(quote: byte)), position: start)
    case let byte where ":{}<>[],;-".utf8.contains(byte):
      advance()
      return Token(kind: .symbol(byte), position: start)
    default: throw strangeSign(byte, start)
    }
  }

  /// The next token with its own bytes, and those before it, comments among them.
  mutating func nextPiece() throws -> Piece {
    let before = index
    try skipSpace()
    let start = index
    let token = try next()
    return Piece(token: token, space: bytes[before..<start], text: bytes[start..<index])
  }

  private func strangeSign(_ byte: UInt8, _ start: Position) -> CaffeError {
    if byte == UInt8(ascii: "/") {
      return error(start, "found \"/\", which starts no comment here: write comments with \"#\"")
    }
    let end = bytes[index...].dropFirst().firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
    let sign = String(decoding: bytes[index..<end], as: UTF8.self)
    let text = byte < 0x20 ? "the control character \(byte)" : "\"\(sign)\""
    return error(
      start, "found \(text), which has no meaning outside a string; remove it or put it into quotes")
  }

  /// Version control leaves such lines behind when two changes clash.
  private var isMergeMark: Bool {
    position.column == 1
      && ["<<<<<<<", "=======", ">>>>>>>"].contains { bytes[index...].starts(with: $0.utf8) }
  }

  private func error(_ place: Position, _ message: String) -> CaffeError {
    CaffeError(.syntax, message, at: place.location(in: file))
  }

  // MARK: - Bytes

  private func peek(_ ahead: Int = 0) -> UInt8? { index + ahead < bytes.count ? bytes[index + ahead] : nil }

  /// Goes on by one byte; the following bytes of a UTF-8 character do not count as columns.
  private mutating func advance() {
    let byte = bytes[index]
    index += 1
    let isLineEnd = byte == 10 || (byte == 13 && peek() != 10)
    if isLineEnd {
      position = Position(line: position.line + 1, column: 1)
    } else if byte & 0xC0 != 0x80 {
      position.column += 1
    }
  }

  private mutating func skipSpace() throws {
    while let byte = peek() {
      if byte == UInt8(ascii: "#") {
        while let inside = peek(), inside != 10, inside != 13 { advance() }
      } else if byte == 32 || (9...13).contains(byte) {
        advance()
      } else {
        return
      }
    }
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
  }

  private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private mutating func word() -> String {
    let start = index
    while let byte = peek(), isLetter(byte) || isDigit(byte) { advance() }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// A number's characters: letters for `0x1F`, `1e-3` and `1.f`, signs only after an exponent's `e`.
  private mutating func numberText() -> String {
    let start = index
    let isHexadecimal = peek() == UInt8(ascii: "0") && (peek(1) ?? 0) | 0x20 == UInt8(ascii: "x")
    while let byte = peek() {
      let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      let followsExponent = index > start && bytes[index - 1] | 0x20 == UInt8(ascii: "e") && !isHexadecimal
      guard isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".") || (isSign && followsExponent) else {
        break
      }
      advance()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  // MARK: - Strings

  private mutating func string(quote: UInt8) throws -> [UInt8] {
    let start = position
    advance()
    var text: [UInt8] = []
    while let byte = peek(), byte != 10, byte != 13 {
      if byte == quote {
        advance()
        return text
      }
      if byte == UInt8(ascii: "\\") {
        text += try escape()
      } else {
        text.append(byte)
        advance()
      }
    }
    let sign = Character(UnicodeScalar(quote))
    throw error(start, "the string that starts here is not closed on its line; add \(sign) at its end")
  }

  private mutating func escape() throws -> [UInt8] {
    let start = position
    advance()
    guard let byte = peek() else { throw error(start, "the file ends inside a string") }
    if let simple = Self.simpleEscapes[byte] {
      advance()
      return [simple]
    }
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      return [UInt8(truncatingIfNeeded: digits(radix: 8, atMost: 3) ?? 0)]
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      advance()
      if let value = digits(radix: 16, atMost: 2) { return [UInt8(truncatingIfNeeded: value)] }
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      advance()
      if let scalar = digits(radix: 16, atMost: byte == UInt8(ascii: "u") ? 4 : 8).flatMap(UnicodeScalar.init) {
        return Array(String(Character(scalar)).utf8)
      }
    default: break
    }
    throw error(
      start, "\"\\\" is followed by no known escape; for a plain \"\\\" write \"\\\\\", in paths better \"/\""
    )
  }

  private static let simpleEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "a"): 7,
    UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 92,
    UInt8(ascii: "'"): 39, UInt8(ascii: "\""): 34, UInt8(ascii: "?"): 63
  ]

  private mutating func digits(radix: Int, atMost limit: Int) -> UInt32? {
    var value: UInt32?
    for _ in 0..<limit {
      guard let byte = peek(), let digit = Character(UnicodeScalar(byte)).hexDigitValue, digit < radix else {
        break
      }
      value = (value ?? 0) &* UInt32(radix) &+ UInt32(digit)
      advance()
    }
    return value
  }
}
