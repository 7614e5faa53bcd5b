/// The fields of every message and the values of every enum, by name: what the prototxt reader checks
/// against.
package struct Schema: Sendable {
  /// How often a field may be given.
  package enum Label: String, Sendable { case optional, required, repeated }

  /// What a field holds; messages and enums by their name in the schema.
  package enum FieldType: Hashable, Sendable {
    case int32, int64, uint32, float, double, bool, string, bytes
    case message(String)
    case enumeration(String)
  }

  /// One field of a message.
  package struct Field: Sendable {
    package var number: Int
    package var name: String
    package var label: Label
    package var type: FieldType
    package var isPacked: Bool
  }

  /// A message: its fields in the order of their declaration.
  package struct MessageType: Sendable {
    package var name: String
    package var fields: [Field] = []
    private var byName: [String: Int] = [:]
    private var byNumber: [Int: Int] = [:]

    init(name: String) { self.name = name }

    package subscript(name: String) -> Field? { byName[name].map { fields[$0] } }
    package subscript(number number: Int) -> Field? { byNumber[number].map { fields[$0] } }

    mutating func add(_ field: Field) {
      byName[field.name] = fields.count
      byNumber[field.number] = fields.count
      fields.append(field)
    }
  }

  /// An enum: its values in the order of their declaration.
  package struct EnumType: Sendable {
    package var name: String
    package var values: [(name: String, number: Int)] = []

    package subscript(name: String) -> Int? { values.first { $0.name == name }?.number }
    package func name(of number: Int) -> String? { values.first { $0.number == number }?.name }
  }

  /// The messages by name; a name has no package prefix.
  package private(set) var messages: [String: MessageType] = [:]
  /// The enums by name, nested ones as `Message.Enum`.
  package private(set) var enums: [String: EnumType] = [:]

  /// The schema of caffe.proto.
  package static let caffe = Schema(parsing: schemaText)

  init(parsing text: String) {
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    for words in lines where words[0] == "enum" { enums[words[1]] = EnumType(name: words[1]) }
    for words in lines where words[0] == "message" { messages[words[1]] = MessageType(name: words[1]) }
    var current = ""
    for words in lines {
      switch (words.count, Int(words[0])) {
      case (2, nil): current = words[1]
      case (2, let number?): enums[current]?.values.append((words[1], number))
      case (_, let number?):
        let field = Field(
          number: number, name: words[1], label: Label(rawValue: words[2]) ?? .optional,
          type: type(named: words[3]), isPacked: words.count > 4)
        messages[current]?.add(field)
      default: preconditionFailure("the schema's text is not in its form: \(words)")
      }
    }
  }

  private func type(named name: String) -> FieldType {
    switch name {
    case "int32": .int32
    case "int64": .int64
    case "uint32": .uint32
    case "float": .float
    case "double": .double
    case "bool": .bool
    case "string": .string
    case "bytes": .bytes
    default: enums[name] == nil ? .message(name) : .enumeration(name)
    }
  }
}
