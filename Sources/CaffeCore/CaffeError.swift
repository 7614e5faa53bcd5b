/// An error that a user can act on: what happened, what was expected, how to mend it, and where.
///
/// Everything that comes from outside (files, flags, shapes in a prototxt) and is wrong throws one of these;
/// `precondition` is kept for our own invariants.
public struct CaffeError: Error, Sendable {
  /// What kind of fault it is. An open set: switch over it with a `default`.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String { case syntax, field, graph, shape, value, file, corrupt, unsupported, nonFinite, flag }
    private let kind: Kind

    /// The kind's name.
    public var description: String { kind.rawValue }

    /// Text that does not parse: an unclosed brace, a bad number.
    public static let syntax = Code(kind: .syntax)
    /// A field that is unknown, given twice, or has a value outside its type.
    public static let field = Code(kind: .field)
    /// Layers that do not fit together: an unknown bottom, a wrong number of tops.
    public static let graph = Code(kind: .graph)
    /// Shapes that do not fit.
    public static let shape = Code(kind: .shape)
    /// A value outside its range, in a message or in the data: a label, a rate, a ratio.
    public static let value = Code(kind: .value)
    /// A file or folder that is missing, unreadable or not writable.
    public static let file = Code(kind: .file)
    /// A file whose content is not what its kind demands.
    public static let corrupt = Code(kind: .corrupt)
    /// Something well-formed that this build does not do.
    public static let unsupported = Code(kind: .unsupported)
    /// A loss or weight that is not a finite number.
    public static let nonFinite = Code(kind: .nonFinite)
    /// A wrong command-line flag.
    public static let flag = Code(kind: .flag)
  }

  /// What kind of fault it is.
  public var code: Code
  /// What was found, what was expected, and the remedy, in one line.
  public var message: String
  /// The name of the layer that it concerns.
  public var layer: String?
  /// Where in which file.
  public var location: FileLocation?
  /// The error that led to this one.
  public var cause: (any Error)?

  /// Makes an error; `message` says what was found, what was expected and how to mend it.
  public init(
    _ code: Code, _ message: String, layer: String? = nil, at location: FileLocation? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.layer = layer
    self.location = location
    self.cause = cause
  }

  /// Makes an error about the whole of a file.
  public init(_ code: Code, file: String, _ message: String, cause: (any Error)? = nil) {
    self.init(code, message, at: FileLocation(file: file), cause: cause)
  }

  /// The same error, said to be about `layer` unless it already names one.
  public func inLayer(_ name: String) -> CaffeError {
    var copy = self
    copy.layer = copy.layer ?? name
    return copy
  }
}

extension CaffeError: CustomStringConvertible {
  /// One line: `file:line:column: layer "name": message (cause)`.
  public var description: String {
    var text = ""
    if let location { text += "\(location): " }
    if let layer { text += "layer \"\(layer)\": " }
    text += message
    if let cause { text += " (\(cause))" }
    return text
  }
}

/// A place in a file; `line` and `column` count from 1.
public struct FileLocation: Hashable, Sendable, CustomStringConvertible {
  /// The file's path as the user gave it.
  public var file: String
  /// The line, if it is known.
  public var line: Int?
  /// The column, if it is known.
  public var column: Int?

  /// Makes a place; without `line` it is the whole file.
  public init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, as far as known.
  public var description: String {
    guard let line else { return file }
    guard let column else { return "\(file):\(line)" }
    return "\(file):\(line):\(column)"
  }
}
