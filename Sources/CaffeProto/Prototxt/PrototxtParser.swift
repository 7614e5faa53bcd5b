import CaffeCore

/// Reads a prototxt against the schema and builds the binary form of its message.
struct PrototxtParser {
  let file: String
  let policy: UnknownFieldPolicy
  let notes: NoteHandler
  let schema: Schema
  private var tokenizer: Tokenizer
  var token: Token
  /// The messages that are open, outermost first.
  var open: [OpenMessage] = []
  /// Where each layer starts, by the path of the net that it is in ("" for the file itself).
  private(set) var layers: [String: [FileLocation]] = [:]
  /// Where the first `input` of each net is.
  private(set) var inputs: [String: FileLocation] = [:]
  /// Where every field is, for a reader that asks for it.
  private(set) var places: FieldPlaces?
  /// Takes the errors about single fields, which are then passed over; without it the first one is thrown.
  private let faults: ((CaffeError) -> Void)?

  /// A message whose closing brace is still to come.
  struct OpenMessage {
    var field: String
    var type: Schema.MessageType
    var opening: Token
    var given: [Int: Position] = [:]
    /// The value of its `name` field, for error messages about a layer.
    var name: String?
    /// What the places of its fields are filed under.
    var path = ""
  }

  init(
    _ bytes: [UInt8], file: String, policy: UnknownFieldPolicy, schema: Schema = .caffe,
    notes: @escaping NoteHandler, faults: ((CaffeError) -> Void)? = nil
  ) throws {
    self.file = file
    self.policy = policy
    self.notes = notes
    self.faults = faults
    self.schema = schema
    places = faults == nil ? nil : FieldPlaces(file: file)
    tokenizer = Tokenizer(bytes, file: file)
    token = try tokenizer.next()
  }

  /// Reads the whole text as a message of `type` and returns its binary form.
  mutating func parse(_ type: Schema.MessageType) throws -> [UInt8] {
    try message(OpenMessage(field: "", type: type, opening: token))
  }

  // MARK: - Tokens

  mutating func advance() throws { token = try tokenizer.next() }

  /// Takes the token if it is this sign.
  mutating func take(_ sign: Character) throws -> Bool {
    guard token.isSymbol(sign) else { return false }
    try advance()
    return true
  }

  /// An error at `place`, or at the token that is being read, in the layer that is open.
  func error(_ code: CaffeError.Code, _ message: String, at place: Position? = nil) -> CaffeError {
    let layer = open.last { $0.type.name.hasSuffix("LayerParameter") && $0.name != nil }?.name
    return CaffeError(code, message, layer: layer, at: (place ?? token.position).location(in: file))
  }

  func warn(_ message: String, at place: Position) {
    notes(ReadingNote(.warning, message, at: place.location(in: file)))
  }

  /// The open message as an error names it: `convolution_param (ConvolutionParameter)`.
  var here: String {
    guard let last = open.last else { return "the file" }
    return last.field.isEmpty ? last.type.name : "\(last.field) (\(last.type.name))"
  }

  // MARK: - Messages

  private mutating func message(_ start: OpenMessage) throws -> [UInt8] {
    open.append(start)
    defer { open.removeLast() }
    var writer = WireWriter()
    while try !atEnd() { try field(into: &writer) }
    try checkRequired()
    return writer.bytes
  }

  /// Whether the open message ends here; an end at the wrong place is an error.
  private func atEnd() throws -> Bool {
    guard let last = open.last else { return true }
    let isOutermost = open.count == 1
    switch token.kind {
    case .end:
      if isOutermost { return true }
      let place = last.opening.position
      throw error(
        .syntax,
        "the \(last.opening.description) of \(here) opened at line \(place.line), column \(place.column) "
          + "is not closed before the end of the file; add the missing \(closing(last))")
    case .symbol(let sign) where sign == UInt8(ascii: "}") || sign == UInt8(ascii: ">"):
      if isOutermost {
        throw error(
          .syntax,
          "found \(token.description) with nothing left to close; remove it, or look above for one too many")
      }
      guard token.isSymbol(last.opening.isSymbol("{") ? "}" : ">") else {
        throw error(.syntax, "found \(token.description) where \(closing(last)) must close \(here)")
      }
      return true
    default: return false
    }
  }

  private func closing(_ message: OpenMessage) -> String { message.opening.isSymbol("{") ? "\"}\"" : "\">\"" }

  private func checkRequired() throws {
    guard let last = open.last else { return }
    for field in last.type.fields where field.label == .required && last.given[field.number] == nil {
      throw error(
        .field, "\(here) lacks the field \"\(field.name)\", which it must have", at: last.opening.position)
    }
  }

  private mutating func field(into writer: inout WireWriter) throws {
    guard let type = open.last?.type else { return }
    let start = token
    guard case .identifier(let name) = token.kind else {
      throw error(.syntax, "found \(token.description) where the name of a field of \(here) was expected")
    }
    try advance()
    if let faults {
      let afterName = (tokenizer, token)
      do {
        try field(named: name, of: type, at: start, into: &writer)
      } catch let fault as CaffeError where fault.code == .field {
        faults(fault)
        (tokenizer, token) = afterName
        try skipValue(of: name)
      }
    } else {
      try field(named: name, of: type, at: start, into: &writer)
    }
    if try !take(",") { _ = try take(";") }
  }

  private mutating func field(
    named name: String, of type: Schema.MessageType, at start: Token, into writer: inout WireWriter
  ) throws {
    guard let field = type[name] ?? alias(name, in: type, at: start.position) else {
      return try unknownField(name, at: start)
    }
    try noteGiven(field, at: start.position)
    try values(of: field, into: &writer)
  }

  private mutating func noteGiven(_ field: Schema.Field, at place: Position) throws {
    guard let last = open.indices.last else { return }
    if field.label != .repeated, let first = open[last].given[field.number] {
      throw error(
        .field,
        "\"\(field.name)\" is given twice in \(here), first at line \(first.line), column \(first.column); "
          + "it may be given once: remove one of the two", at: place)
    }
    open[last].given[field.number] = open[last].given[field.number] ?? place
    places?.add(place, field.name, in: open[last].path)
    if open[last].type.name == "NetParameter", field.name == "input", inputs[netPath] == nil {
      inputs[netPath] = place.location(in: file)
    }
  }

  /// The path of the net that is open: "" for a net's file, `net_param` or `test_net_param[1]` in a solver's.
  private var netPath: String {
    open.count == 1 ? "" : open.dropFirst().map(\.field).joined(separator: ".")
  }

  // MARK: - Values

  private mutating func values(of field: Schema.Field, into writer: inout WireWriter) throws {
    var isMessage = false
    if case .message = field.type { isMessage = true }
    let hasColon = try take(":")
    if !hasColon, !isMessage {
      throw error(.syntax, "found \(token.description) where \":\" was expected after \"\(field.name)\"")
    }
    guard token.isSymbol("[") else { return try value(of: field, into: &writer) }
    guard field.label == .repeated else {
      throw error(
        .field, "\"\(field.name)\" of \(here) takes one value, found a list; keep one and remove \"[\" \"]\"")
    }
    let opening = token.position
    try advance()
    if try take("]") { return }
    repeat { try value(of: field, into: &writer) } while try take(",")
    guard try take("]") else {
      throw error(
        .syntax,
        "found \(token.description) in the list that starts at line \(opening.line), column "
          + "\(opening.column), "
          + "where \",\" or \"]\" was expected")
    }
  }

  private mutating func value(of field: Schema.Field, into writer: inout WireWriter) throws {
    guard case .message(let name) = field.type, let type = schema.messages[name] else {
      return try scalar(of: field, into: &writer)
    }
    guard token.isSymbol("{") || token.isSymbol("<") else {
      throw error(.syntax, "found \(token.description) where \"{\" was expected after \"\(field.name)\"")
    }
    if open.last?.type.name == "NetParameter", field.name == "layer" || field.name == "layers" {
      layers[netPath, default: []].append(token.position.location(in: file))
    }
    let opening = token
    try advance()
    var label = field.name
    let path = places?.path(of: field.name, at: opening.position, in: open.last?.path ?? "", type: name) ?? ""
    if name == "NetParameter", field.label == .repeated {
      label += "[\(testNets)]"
      testNets += 1
    }
    writer.block(field.number, try message(OpenMessage(field: label, type: type, opening: opening, path: path)))
    try advance()
  }

  /// How many `test_net_param` have been met.
  private var testNets = 0
}
