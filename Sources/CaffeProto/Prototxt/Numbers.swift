/// The number forms of a prototxt.
enum Numbers {
  /// A whole number without a sign: decimal, `0x` hexadecimal or `0` octal; nil if it is none or above 64
  /// bits.
  static func magnitude(_ text: String) -> UInt64? {
    if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt64(text.dropFirst(2), radix: 16) }
    if text.count > 1, text.hasPrefix("0") { return UInt64(text.dropFirst(), radix: 8) }
    return UInt64(text)
  }

  /// Whether it has the form of a whole number, however large.
  static func isWhole(_ text: String) -> Bool { text.utf8.allSatisfy { (48...57).contains($0) } }

  /// A decimal number, also `1.`, `.5`, `1.f` and `1e-3`, or the names `inf`, `infinity`, `nan` in any case.
  static func float(_ text: String) -> Double? {
    let lower = text.lowercased()
    if ["inf", "infinity", "inff", "infinityf"].contains(lower) { return .infinity }
    if ["nan", "nanf"].contains(lower) { return .nan }
    guard let first = lower.utf8.first, (48...57).contains(first) || first == UInt8(ascii: "."),
      !lower.contains("x")
    else { return nil }
    let digits = lower.hasSuffix("f") ? lower.dropLast() : lower[...]
    // Swift's own parser wants a digit on both sides of the point.
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return Double(String(digits)) }
    let whole = parts[0].isEmpty ? "0" : parts[0]
    let fraction = parts[1].isEmpty || parts[1].hasPrefix("e") ? "0" + parts[1] : parts[1]
    return Double("\(whole).\(fraction)")
  }
}
