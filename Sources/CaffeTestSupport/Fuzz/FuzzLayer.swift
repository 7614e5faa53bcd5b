/// A layer that a recipe drew, before it becomes text.
struct FuzzLayer {
  /// What an input is filled with.
  enum Values: Hashable {
    case even, positive, probabilities, flags
    case indices(Int)
    /// Anything that a float can be.
    case odd
  }

  /// A bottom: a blob that is there already, or an input of its own.
  struct Bottom {
    var shape: [Int]
    var values = Values.even
    /// The blob that it is; an input of its own is made without.
    var name: String?
  }

  /// One field of a message of the layer.
  struct Field {
    var message: String
    var name: String
    var value: String
  }

  var type: String
  var bottoms: [Bottom] = []
  var tops = 1
  var fields: [Field] = []
  /// Names of tops in place of new ones.
  var topNames: [Int: String] = [:]
  /// Fields of the layer itself.
  var extra = ""

  init(_ type: String, bottoms: [Bottom] = [], tops: Int = 1) {
    self.type = type
    self.bottoms = bottoms
    self.tops = tops
  }

  /// A layer over one blob of this shape.
  init(_ type: String, over shape: [Int], _ values: Values = .even) {
    self.init(type, bottoms: [Bottom(shape: shape, values: values)])
  }

  /// Gives the field of a message a value: of a number, or text as a prototxt has it.
  mutating func set(_ message: String, _ name: String, _ value: some CustomStringConvertible) {
    fields.append(Field(message: message, name: name, value: value.description))
  }

  /// Adds an input.
  mutating func add(_ shape: [Int], _ values: Values = .even) { bottoms.append(Bottom(shape: shape, values: values)) }

  /// The layer's text.
  func text(name: String, bottoms names: [String], tops: [String]) -> String {
    var text = "layer { name: \"\(name)\" type: \"\(type)\""
    for bottom in names { text += " bottom: \"\(bottom)\"" }
    for top in tops { text += " top: \"\(top)\"" }
    var messages: [String] = []
    for field in fields where !messages.contains(field.message) { messages.append(field.message) }
    for message in messages {
      let body = fields.filter { $0.message == message }.map {
        $0.value.hasPrefix("{") ? "\($0.name) \($0.value)" : "\($0.name): \($0.value)"
      }
      text += " \(message) { \(body.joined(separator: " ")) }"
    }
    return text + extra + " }"
  }
}

/// Draws a layer of one type over a blob of the shape given, or over new inputs where there is none; nil when that shape
/// is none for it.
typealias FuzzRecipe = @Sendable (_ draw: inout Draw, _ existing: [Int]?) -> FuzzLayer?
