import CaffeCore
import Foundation

/// A text file that lists pictures: a path and its label a line, or several labels.
package struct PictureList: Sendable {
  /// A line.
  package struct Entry: Hashable, Sendable {
    /// The path, as the file has it.
    package let path: String
    /// The labels; as many in every line.
    package let labels: [Float]
    /// The line's number, from 1.
    package let line: Int
  }

  /// The file's path.
  package let file: String
  /// Its lines, but empty ones.
  package let entries: [Entry]

  /// The number of labels in a line.
  package var labelCount: Int { entries[0].labels.count }

  /// Reads the list `path`; `name` is what errors call it.
  ///
  /// Labels are the numbers at the end of a line. Paths may have blanks: where they end in numbers as well, the path goes to
  /// the last end of a picture's name, `.jpg` say, and without one, only the last number is a label.
  ///
  /// - Throws: `CaffeError` with the line when it has no label, or more or fewer than the lines before.
  package init(_ path: String, name: String? = nil) throws {
    file = name ?? path
    let text = try PictureList.text(path, file)
    let hasMark = text.unicodeScalars.first == "\u{FEFF}"
    var entries: [Entry] = []
    let lines = text.dropFirst(hasMark ? 1 : 0).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      let entry = try PictureList.entry(line, number: index + 1, file: file)
      if let first = entries.first, entry.labels.count != first.labels.count {
        throw CaffeError(
          .value,
          "the line has \(entry.labels.count) labels, line \(first.line) has \(first.labels.count); "
            + "give every picture as many",
          at: FileLocation(file: file, line: index + 1))
      }
      entries.append(entry)
    }
    guard !entries.isEmpty else {
      throw CaffeError(.value, file: file, "the list names no pictures; write a path and a label a line")
    }
    self.entries = entries
  }

  private static func text(_ path: String, _ name: String) throws -> String {
    try MappedFile(path).withBytes { bytes in
      guard !bytes.contains(0) else {
        throw CaffeError(
          .corrupt, file: name, "this is no text, as a list is: it has bytes of zero; write a path and a label a line")
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// What paths begin with where a user says `root`.
  package static func root(_ root: String) -> String {
    var isFolder: ObjCBool = false
    let lacksSlash = !root.isEmpty && !root.hasSuffix("/")
    let isThere = FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) && isFolder.boolValue
    // As in the original it is only what paths begin with; but a folder's name without its slash can mean one thing only.
    return lacksSlash && isThere ? root + "/" : root
  }

  private static func entry(_ line: Substring, number: Int, file: String) throws -> Entry {
    // The places where the words begin, and those of the numbers at the end.
    let words = line.split(whereSeparator: \.isWhitespace)
    let numbers = words.dropFirst().reversed().prefix { label($0) != nil }
    guard let last = words.last, !numbers.isEmpty else {
      let found = words.count == 1 ? "only \"\(words[0])\"" : "\"\(words.last ?? "")\" where a number should be"
      throw CaffeError(
        .value, "the line has no label: it ends with \(found); write a path, a blank, and the picture's label",
        at: FileLocation(file: file, line: number))
    }
    var start = last
    for word in numbers.reversed() where endsPicture(line[..<word.startIndex]) {
      start = word
    }
    let path = trimmed(line[..<start.startIndex])
    let labels = line[start.startIndex...].split(whereSeparator: \.isWhitespace).compactMap(label)
    return Entry(path: String(path), labels: labels, line: number)
  }

  private static func label(_ word: Substring) -> Float? {
    guard let value = Float(word), value.isFinite else { return nil }
    return value
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func endsPicture(_ text: Substring) -> Bool {
    let name = trimmed(text).lowercased()
    return [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff"].contains {
      name.hasSuffix($0)
    }
  }
}
