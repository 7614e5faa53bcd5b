import CaffeCore

extension PrototxtParser {
  /// Reads one value that is not a message.
  mutating func scalar(of field: Schema.Field, into writer: inout WireWriter) throws {
    let number = field.number
    switch field.type {
    case .int32: writer.integer(number, try integer(field, Int64(Int32.min)...Int64(Int32.max)))
    case .int64: writer.integer(number, try integer(field, .min ... .max))
    case .uint32: writer.integer(number, try integer(field, 0...Int64(UInt32.max)))
    case .float: writer.float(number, Float(try float(field)))
    case .double: writer.double(number, try float(field))
    case .bool: writer.integer(number, try bool(field) ? 1 : 0)
    case .string, .bytes: writer.block(number, try string(field))
    case .enumeration(let name):
      guard let type = schema.enums[name] else { return }
      if let value = try enumeration(field, type) { writer.integer(number, Int64(value)) }
    case .message: break
    }
  }

  private func wrong(
    _ field: Schema.Field, _ expected: String, found: String? = nil, at place: Position? = nil
  )
    -> CaffeError
  {
    error(
      .field, "\"\(field.name)\" of \(here) expects \(expected), found \(found ?? token.description)",
      at: place)
  }

  private mutating func integer(_ field: Schema.Field, _ range: ClosedRange<Int64>) throws -> Int64 {
    let start = token.position
    let isNegative = try take("-")
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let sign = isNegative ? "-" : ""
    guard case .number(let text) = token.kind else { throw wrong(field, expected, at: start) }
    let found = "\"\(sign)\(text)\""
    guard let size = Numbers.magnitude(text) else { throw wrong(field, expected, found: found, at: start) }
    let isLeast = isNegative && size == Int64.min.magnitude
    let value = isLeast ? .min : Int64(exactly: size).map { isNegative ? -$0 : $0 }
    guard let value, range.contains(value) else { throw wrong(field, expected, found: found, at: start) }
    try advance()
    return value
  }

  private mutating func float(_ field: Schema.Field) throws -> Double {
    let start = token.position
    let isNegative = try take("-")
    switch token.kind {
    case .number(let text), .identifier(let text):
      guard let value = Numbers.float(text) else {
        throw wrong(field, "a number", found: "\"\(isNegative ? "-" : "")\(text)\"", at: start)
      }
      try advance()
      return isNegative ? -value : value
    default: throw wrong(field, "a number", at: start)
    }
  }

  private mutating func bool(_ field: Schema.Field) throws -> Bool {
    var value: Bool?
    switch token.kind {
    case .identifier("true"), .identifier("True"), .identifier("t"): value = true
    case .identifier("false"), .identifier("False"), .identifier("f"): value = false
    case .number(let text): value = Numbers.magnitude(text).flatMap { $0 > 1 ? nil : $0 == 1 }
    default: break
    }
    guard let value else { throw wrong(field, "true or false (also True, False, t, f, 1, 0)") }
    try advance()
    return value
  }

  private mutating func string(_ field: Schema.Field) throws -> [UInt8] {
    let start = token.position
    guard case .string = token.kind else {
      if open.last?.type.name == "LayerParameter", field.name == "type", let error = oldLayerType() {
        throw error
      }
      if case .identifier(let text) = token.kind {
        throw wrong(field, "a string in quotes: write \"\(text)\"", found: text)
      }
      throw wrong(field, "a string in quotes")
    }
    var bytes: [UInt8] = []
    while case .string(let part) = token.kind {
      bytes += part
      try advance()
    }
    guard field.type == .string else { return bytes }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw wrong(
        field, "text in UTF-8", found: "bytes of another encoding; save the file as UTF-8", at: start)
    }
    if field.name == "name", let last = open.indices.last { open[last].name = text }
    return bytes
  }

  // MARK: - Enums

  /// The value's number; nil where a value that the enum lacks is skipped.
  private mutating func enumeration(_ field: Schema.Field, _ type: Schema.EnumType) throws -> Int? {
    let start = token
    let names = type.values.map(\.name)
    var value: Int?
    var found = token.description
    switch token.kind {
    case .identifier(let name):
      value = type[name]
      try advance()
    case .number, .symbol(UInt8(ascii: "-")):
      let number = try integer(field, Int64(Int32.min)...Int64(Int32.max))
      value = type.name(of: Int(number)) == nil ? nil : Int(number)
      found = "\"\(number)\""
    case .string(let bytes): throw quotedEnum(field, type, String(decoding: bytes, as: UTF8.self))
    default: break
    }
    if let value { return value }
    var expected = "one of \(names.joined(separator: ", "))"
    if case .identifier(let name) = start.kind { expected = enumExpectation(name, names) }
    let error = wrong(field, expected, found: found, at: start.position)
    // Without its type a layer means nothing, so that is never skipped.
    guard policy == .lenient, field.name != "type", start.position != token.position else { throw error }
    warn(
      "skipped \"\(field.name)\" of \(here): its value \(found) is none of \(names.joined(separator: ", "))",
      at: start.position)
    return nil
  }

  private func enumExpectation(_ name: String, _ names: [String]) -> String {
    let near = NearNames.of(name, among: names)
    if names.count <= 10 || near.isEmpty { return "one of \(names.joined(separator: ", "))" }
    return "a value such as \(near.joined(separator: " or "))"
  }

  private func quotedEnum(_ field: Schema.Field, _ type: Schema.EnumType, _ text: String) -> CaffeError {
    if open.last?.type.name == "V1LayerParameter", field.name == "type" {
      let old = LayerTypes.oldName(of: text)
      let orOld = old.map { ", or without quotes \"type: \($0)\"" } ?? ""
      return error(
        .field,
        "found type: \"\(text)\" inside \"layers\"; a type in quotes belongs into \"layer { … }\": "
          + "write that\(orOld)"
      )
    }
    return wrong(field, "a name without quotes: \(enumExpectation(text, type.values.map(\.name)))")
  }

  /// The error for `type: CONVOLUTION` inside `layer`; nil if the value is something else.
  private func oldLayerType() -> CaffeError? {
    guard case .identifier(let name) = token.kind, let type = schema.enums["V1LayerParameter.LayerType"],
      let number = type[name], let new = LayerTypes.newName(of: number)
    else { return nil }
    return error(
      .field,
      "found type: \(name) inside \"layer\"; write type: \"\(new)\", or use the older form \"layers { … "
        + "}\" throughout"
    )
  }
}
