/// A field of a prototxt as it is written, with its comments.
struct TextField {
  /// A line that isn't a field.
  enum Aside {
    case comment([UInt8])
    case emptyLine
  }

  /// What stands behind the name.
  indirect enum Value {
    /// A number, a name, or strings.
    case scalar([UInt8])
    case message(TextBlock)
    case list([Value])
  }

  /// The lines before it.
  var before: [Aside] = []
  var name: [UInt8]
  var value: Value
  /// A comment behind it, on its last line.
  var comment: [UInt8]?
}

/// The fields between two braces, or those of a whole file.
struct TextBlock {
  var fields: [TextField] = []
  /// A comment behind the opening brace.
  var comment: [UInt8]?
  /// The lines behind the last field.
  var end: [TextField.Aside] = []
  /// Whether it was written on one line.
  var isOnOneLine = true
}
