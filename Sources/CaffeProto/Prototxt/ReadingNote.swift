import CaffeCore

/// Something worth telling about a file that was read nevertheless: a skipped field, an upgrade.
public struct ReadingNote: Sendable, CustomStringConvertible {
  /// How loud it is, as in the log.
  public enum Level: Sendable { case info, warning, error }

  /// How loud it is.
  public var level: Level
  /// What was found, and what was done about it.
  public var message: String
  /// Where in the file, if it is about one place.
  public var location: FileLocation?

  /// Makes a note.
  public init(_ level: Level, _ message: String, at location: FileLocation? = nil) {
    self.level = level
    self.message = message
    self.location = location
  }

  /// The message, after its place if it has one.
  public var description: String { location.map { "\($0): \(message)" } ?? message }
}

/// Takes the notes of a reader.
public typealias NoteHandler = (ReadingNote) -> Void

/// What to do with a field that the schema does not have.
public enum UnknownFieldPolicy: Sendable {
  /// Throw an error that names it and its place.
  case error
  /// Skip it, with a warning.
  case lenient
}
