import CaffeCore

/// Something that a rule has found wrong, or doubtful, in a prototxt.
public struct Finding: Hashable, Sendable {
  /// How bad it is.
  public enum Severity: String, Hashable, Sendable {
    /// The file can't be used as it is.
    case error
    /// The file can be used, and probably doesn't do what was meant.
    case warning
  }

  /// The rule's name.
  public var rule: String
  /// How bad it is.
  public var severity: Severity
  /// What was found, and what to do, in one line.
  public var message: String
  /// Where.
  public var location: FileLocation
  /// The layer that it is about.
  public var layer: String?
  /// The line of the file that it is about, if it is about one.
  public var line: String?

  /// Makes a finding.
  public init(
    rule: String, severity: Severity, message: String, location: FileLocation, layer: String? = nil,
    line: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.message = message
    self.location = location
    self.layer = layer
    self.line = line
  }
}
