import CaffeProto
import Testing

/// The reader's table is the .proto, in another form.
@Suite struct SchemaTests {
  /// One entry a line, read from the .proto independently of the script that makes the table.
  private func declared() throws -> (fields: Set<String>, values: Set<String>) {
    var scopes: [String] = []
    var fields: Set<String> = []
    var values: Set<String> = []
    let proto = try text(of: "\(packageFolder)/Sources/CaffeProto/Schema/caffe.proto")
    for line in proto.split(separator: "\n") {
      let code = line.prefix(upTo: line.firstRange(of: "//")?.lowerBound ?? line.endIndex)
      let words = code.split { " ;[]".contains($0) }.map(String.init)
      guard let first = words.first else { continue }
      switch first {
      case "message", "enum": scopes.append(words[1])
      case "}": scopes.removeLast()
      case "optional", "required", "repeated":
        let packed = code.contains("packed = true") ? " packed" : ""
        fields.insert("\(scopes[0]) \(words[4]) \(words[2]) \(first) \(words[1])\(packed)")
      case "syntax", "package", "option": break
      default: values.insert("\(scopes.joined(separator: ".")) \(words[2]) \(first)")
      }
    }
    return (fields, values)
  }

  @Test func tableHoldsEveryFieldAndValueOfTheProto() throws {
    let (fields, values) = try declared()
    var found: Set<String> = []
    for type in Schema.caffe.messages.values {
      for field in type.fields {
        let packed = field.isPacked ? " packed" : ""
        found.insert(
          "\(type.name) \(field.number) \(field.name) \(field.label) \(name(field.type, in: type))\(packed)")
      }
    }
    #expect(found == fields)
    let ours = Schema.caffe.messages.values.flatMap(\.fields).filter { $0.number > 9000 }
    #expect(found.count - ours.count == 423, "the original's fields are all there, and only these have its numbers")
    let foundValues = Schema.caffe.enums.values.flatMap { type in
      type.values.map { "\(type.name) \($0.number) \($0.name)" }
    }
    #expect(Set(foundValues) == values)
  }

  private func name(_ type: Schema.FieldType, in message: Schema.MessageType) -> String {
    switch type {
    case .message(let name): name
    case .enumeration(let name):
      name.hasPrefix(message.name + ".") ? String(name.dropFirst(message.name.count + 1)) : name
    default: "\(type)"
    }
  }

  @Test func everyMessageOfTheTableDecodes() throws {
    let solver: SolverParameter = try Prototxt.parse(
      text: "net_param { layer { } } train_state { } test_iter: 1")
    #expect(solver.hasNetParam && solver.hasTrainState)
  }

  @Test func defaultsAreTheOriginals() {
    #expect(SolverParameter().delta == 1e-8)
    #expect(FillerParameter().type == "constant")
    #expect(NetState().phase == .test)
    #expect(ConvolutionParameter().biasTerm)
    #expect(WindowDataParameter().cropMode == "warp")
  }
}
