/// Reads words and numbers off the front of some bytes.
struct ByteCursor {
  private var rest: Slice<UnsafeRawBufferPointer>

  init(_ bytes: Slice<UnsafeRawBufferPointer>) { rest = bytes }

  /// The next byte.
  var first: UInt8? { rest.first }

  mutating func skipBlanks() { rest = rest.drop { $0 == UInt8(ascii: " ") } }

  /// Passes over `text` if it comes next.
  mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func integer() -> Int? {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard (1...15).contains(digits.count) else { return nil }
    rest = rest[digits.endIndex...]
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  /// A number as C writes it: `0.5`, `1e-05`, `-nan`, `inf`.
  mutating func number() -> Double? {
    let word = rest.prefix { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eEnaifNAIF".utf8.contains(byte)
    }
    guard let value = Double(String(decoding: word, as: UTF8.self)) else { return nil }
    rest = rest[word.endIndex...]
    return value
  }

  /// A text in quotes without anything in it that would have to be unescaped.
  mutating func plainText() -> String? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    let start = rest.startIndex + 1
    guard
      let end = rest[start...].firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 < 32 }),
      rest[end] == UInt8(ascii: "\"")
    else { return nil }
    let text = String(decoding: rest[start..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    return text
  }

  /// Everything up to `end`, which is passed over.
  mutating func text(until end: String) -> String? {
    guard let position = position(of: end), position > rest.startIndex else { return nil }
    let text = String(decoding: rest[rest.startIndex..<position], as: UTF8.self)
    rest = rest[(position + end.utf8.count)...]
    return text
  }

  /// Passes over everything to the value of the first `NAME = ` of one of `names`.
  mutating func assignment(of names: [String]) -> String? {
    let found = names.compactMap { name in position(of: ", \(name) = ").map { (name, $0) } }
    guard let (name, position) = found.min(by: { $0.1 < $1.1 }) else { return nil }
    rest = rest[(position + name.utf8.count + 5)...]
    return name
  }

  private func position(of text: String) -> Int? {
    let pattern = Array(text.utf8)
    guard let head = pattern.first, rest.count >= pattern.count else { return nil }
    var start = rest.startIndex
    while let found = rest[start...].firstIndex(of: head) {
      if rest[found...].starts(with: pattern) { return found }
      start = found + 1
    }
    return nil
  }
}
