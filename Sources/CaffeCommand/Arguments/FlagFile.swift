import Caffe

/// Flags kept in files: `--flagfile=F` stands for the flags in F, a line each.
package enum FlagFile {
  /// Files may name files; deeper than this it is a circle.
  private static let maximumDepth = 10

  /// `arguments` with each `--flagfile=F` replaced by what F holds.
  ///
  /// - Parameter read: The text of a file.
  /// - Throws: What `read` throws, and `CaffeError` of code `flag` for a circle or a missing name.
  package static func expand(
    _ arguments: [String], depth: Int = 0, read: (String) throws -> String
  ) throws -> [String] {
    var result: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument != "--" else { return result + [argument] + rest }
      guard let path = try path(named: argument, rest: &rest) else {
        result.append(argument)
        continue
      }
      guard depth < maximumDepth else {
        throw CaffeError(
          .flag, "--flagfile=\(path): flag files name each other more than \(maximumDepth) deep; break the circle")
      }
      result += try expand(lines(of: read(path)), depth: depth + 1, read: read)
    }
    return result
  }

  /// The file that `argument` names, if it is the flag; a name in the next argument is taken off `rest`.
  private static func path(named argument: String, rest: inout ArraySlice<String>) throws -> String? {
    let body = argument.hasPrefix("--") ? argument.dropFirst(2) : argument.dropFirst(1)
    guard argument.hasPrefix("-"), body == "flagfile" || body.hasPrefix("flagfile=") else { return nil }
    let path = body.hasPrefix("flagfile=") ? String(body.dropFirst("flagfile=".count)) : rest.popFirst() ?? ""
    guard !path.isEmpty else {
      throw CaffeError(.flag, "--flagfile needs the name of a file of flags: --flagfile=FILE")
    }
    return path
  }

  private static func lines(of text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }
}

extension Substring {
  fileprivate func trimmingBlanks() -> String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
