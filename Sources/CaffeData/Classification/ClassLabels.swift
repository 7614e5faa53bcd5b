import CaffeCore

/// The names of classes: a text file, one a line.
public struct ClassLabels: Sendable {
  /// The file.
  public let file: String
  /// The names, in the order of the classes.
  public let names: [String]

  /// Reads the file `path`.
  ///
  /// - Throws: `CaffeError` when it can't be read.
  public init(_ path: String) throws {
    file = path
    let text = try MappedFile(path).withBytes { String(decoding: $0, as: UTF8.self) }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
    names = lines
  }

  /// Checks that there is a name for each of `count` classes.
  public func check(count: Int) throws {
    guard names.count == count else {
      throw CaffeError(
        .value, file: file,
        "the file has \(names.count) labels, the net gives \(count) scores; give the labels that belong to the model")
    }
  }
}
