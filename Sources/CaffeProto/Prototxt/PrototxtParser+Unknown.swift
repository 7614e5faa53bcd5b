import CaffeCore

extension PrototxtParser {
  /// Fields that people write although the original never had them, and what they stand for.
  private static let aliases: [String: [String: String]] = [
    "ConvolutionParameter": ["kernelsize": "kernel_size"],
    "PoolingParameter": ["kernelsize": "kernel_size"]
  ]

  /// The field that a misspelling known from tutorials stands for, with a warning.
  func alias(_ name: String, in type: Schema.MessageType, at place: Position) -> Schema.Field? {
    guard let real = Self.aliases[type.name]?[name], let field = type[real] else { return nil }
    warn("read \"\(name)\" of \(here) as \"\(real)\"", at: place)
    return field
  }

  /// Skips a field that the schema does not have, or throws an error about it.
  mutating func unknownField(_ name: String, at start: Token) throws {
    guard policy == .lenient else {
      throw error(.field, unknownMessage(name), at: start.position)
    }
    try skipValue(of: name)
    warn("skipped the unknown field \"\(name)\" of \(here)", at: start.position)
  }

  private func unknownMessage(_ name: String) -> String {
    let found = "\"\(name)\" is no field of \(here)"
    guard let type = open.last?.type else { return found }
    if let outer = open.dropLast().last(where: { $0.type[name] != nil }), let last = open.last {
      let place = last.opening.position
      return "\(found), but of \(outer.type.name); perhaps the \"}\" of the \(last.opening.description) "
        + "at line \(place.line), column \(place.column) is missing"
    }
    if let hint = oldFormHint(name, type) { return "\(found); \(hint)" }
    if let fork = Forks.named(byField: name, of: type.name) {
      return "\(found); it comes from \(fork). Remove it, or skip all unknown fields with --lenient"
    }
    let near = NearNames.hint(for: name, among: type.fields.map(\.name))
    let remedy = near.isEmpty ? "; remove it, or" : " Correct it, or"
    return "\(found)\(near)\(remedy) skip all unknown fields with --lenient"
  }

  /// What to write where a field of another form of the message, or of another kind of file, is used.
  private func oldFormHint(_ name: String, _ type: Schema.MessageType) -> String? {
    switch type.name {
    case "LayerParameter" where name == "blobs_lr": "inside \"layer\" write param { lr_mult: … }"
    case "LayerParameter" where name == "weight_decay": "inside \"layer\" write param { decay_mult: … }"
    case "LayerParameter" where schema.messages["V0LayerParameter"]?[name] != nil:
      "it is of the oldest form of layers, \"layers { layer { … } }\"; inside \"layer\" it belongs into "
        + "a \"…_param { … }\""
    case "SolverParameter" where schema.messages["NetParameter"]?[name] != nil:
      "it is a field of a net: a solver's file was expected here"
    case "NetParameter" where schema.messages["SolverParameter"]?[name] != nil:
      "it is a field of a solver: a net's file was expected here"
    case "NetParameter" where schema.messages["LayerParameter"]?[name] != nil:
      "it is a field of a layer; perhaps a \"}\" above is one too many"
    default: nil
    }
  }

  // MARK: - Skipping

  /// Passes over a value of any kind, however deep, without recursion.
  mutating func skipValue(of name: String) throws {
    let hasColon = try take(":")
    if token.isSymbol("{") || token.isSymbol("<") || token.isSymbol("[") { return try skipBlock(of: name) }
    guard hasColon else {
      throw error(.syntax, "found \(token.description) where \":\" or \"{\" was expected after \"\(name)\"")
    }
    _ = try take("-")
    switch token.kind {
    case .identifier, .number: try advance()
    case .string: while case .string = token.kind { try advance() }
    default: throw error(.syntax, "found \(token.description) where a value was expected after \"\(name):\"")
    }
  }

  private mutating func skipBlock(of name: String) throws {
    let pairs: [UInt8: UInt8] = [
      UInt8(ascii: "{"): UInt8(ascii: "}"), UInt8(ascii: "<"): UInt8(ascii: ">"),
      UInt8(ascii: "["): UInt8(ascii: "]")
    ]
    let opening = token.position
    var expected: [UInt8] = []
    repeat {
      if case .end = token.kind {
        throw error(
          .syntax,
          "\"\(name)\" opened at line \(opening.line), column \(opening.column) is not closed before "
            + "the end of the file"
        )
      }
      if case .symbol(let sign) = token.kind {
        if let end = pairs[sign] {
          expected.append(end)
        } else if sign == expected.last {
          expected.removeLast()
        } else if pairs.values.contains(sign) {
          throw error(.syntax, "found \(token.description), which closes nothing that is open in \"\(name)\"")
        }
      }
      try advance()
    } while !expected.isEmpty
  }
}
