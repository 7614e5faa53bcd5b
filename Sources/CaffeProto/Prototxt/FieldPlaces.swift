import CaffeCore

/// Where the fields of a prototxt are, for those who have something to say about one of them.
package struct FieldPlaces: Sendable {
  private let file: String
  private var positions: [String: Position] = [:]
  /// How often each field has been met.
  private var counts: [String: Int] = [:]

  init(file: String) { self.file = file }

  /// The place of a field of the file's own message, or of the layer whose block opens at `layer`.
  ///
  /// - Parameter path: The field's name, behind those of the messages that it is in: `convolution_param.pad`. Of a repeated field
  ///   it is the first; `bottom[1]` is the second.
  package func place(of path: String, in layer: FileLocation? = nil) -> FileLocation? {
    guard let layer else { return positions[path]?.location(in: file) }
    guard let line = layer.line, let column = layer.column else { return nil }
    let start = FieldPlaces.start(of: Position(line: line, column: column))
    return positions["\(start).\(path)"]?.location(in: file)
  }

  /// Files the place of a field of the message `path`.
  mutating func add(_ place: Position, _ field: String, in path: String) {
    let name = path.isEmpty ? field : "\(path).\(field)"
    let number = counts[name, default: 0]
    counts[name] = number + 1
    positions[number == 0 ? name : "\(name)[\(number)]"] = place
  }

  /// What the fields of the message that opens at `opening` are filed under.
  func path(of field: String, at opening: Position, in path: String, type: String) -> String {
    // Layers move when old nets are upgraded; where they start stays.
    if type.hasSuffix("LayerParameter") { return FieldPlaces.start(of: opening) }
    let name = path.isEmpty ? field : "\(path).\(field)"
    let number = counts[name, default: 1]
    return number == 1 ? name : "\(name)[\(number - 1)]"
  }

  private static func start(of layer: Position) -> String { "@\(layer.line):\(layer.column)" }
}
