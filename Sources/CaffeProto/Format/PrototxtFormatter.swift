import CaffeCore

/// Lays a prototxt out anew, with its comments; what it says stays the same.
///
/// One field a line, two blanks for each level, one blank behind a colon, braces for messages. A message that was written on one
/// line stays on one where it fits in a hundred columns. Of several empty lines one is left. Names needn't be in the schema, so files
/// of forks can be formatted, too.
public enum PrototxtFormatter {
  /// The columns that a message or a list on one line may take.
  static let width = 100

  /// The text of the prototxt `text` in its new layout.
  ///
  /// - Throws: `CaffeError` with line and column where the text is no prototxt.
  public static func format(_ text: String, fileName: String = "<text>") throws -> String {
    String(decoding: try format(bytes: Array(text.utf8), fileName: fileName), as: UTF8.self)
  }

  /// The same of bytes, so that comments in other encodings than UTF-8 stay as they are.
  ///
  /// - Throws: As the other one.
  public static func format(bytes: [UInt8], fileName: String) throws -> [UInt8] {
    var tree = try TextTree(bytes, file: fileName)
    let fields = try tree.fields()
    var layout = TextLayout()
    layout.add(fields, level: 0)
    return layout.bytes
  }

  /// The bytes of the prototxt at `path`, in its new layout and as they were.
  ///
  /// - Throws: `CaffeError` where the file can't be read or is no prototxt.
  public static func format(file path: String) throws -> (formatted: [UInt8], original: [UInt8]) {
    let original = try Prototxt.textBytes(of: path)
    return (try format(bytes: original, fileName: path), original)
  }
}
