import CaffeCore

/// A file of windows in pictures, as R-CNN's scripts write it.
///
/// For each picture: `# number`, its path, channels, height, width, the number of windows, and for each of these a line
/// `class overlap x1 y1 x2 y2`, both corners inside.
package struct WindowList: Sendable {
  struct Entry: Sendable {
    let path: String
    let line: Int
  }

  /// A part of a picture, its last row and column inside.
  package struct Window: Sendable {
    /// The picture's place in `pictures`.
    let picture: Int
    /// The class; 0 is background.
    let label: Int
    let left: Int
    let top: Int
    let right: Int
    let bottom: Int
    /// Its line in the file.
    let line: Int

    /// Makes a window.
    package init(picture: Int, label: Int, left: Int, top: Int, right: Int, bottom: Int, line: Int) {
      self.picture = picture
      self.label = label
      self.left = left
      self.top = top
      self.right = right
      self.bottom = bottom
      self.line = line
    }
  }

  let file: String
  private(set) var pictures: [Entry] = []
  private(set) var channels = 3
  /// Windows that overlap an object by at least the one threshold.
  private(set) var foreground: [Window] = []
  /// Windows that overlap less than the other; their class is 0.
  private(set) var background: [Window] = []

  /// Reads the list `path`.
  ///
  /// - Throws: `CaffeError` with the line that isn't as it should be.
  package init(_ path: String, name: String, foregroundThreshold: Float, backgroundThreshold: Float) throws {
    file = name
    var lines = try Lines(path, name: name)
    while let mark = lines.next() {
      guard mark.first == "#" else {
        throw lines.error("\"\(mark)\" stands where a picture begins", "write # and its number")
      }
      let picture = pictures.count
      let place = lines.number + 1
      pictures.append(Entry(path: String(try lines.needed("the picture's path")), line: place))
      let extents = try (0..<3).map { _ in try lines.integer("the picture's channels, height and width") }
      guard extents[0] == 1 || extents[0] == 3, picture == 0 || extents[0] == channels else {
        throw lines.error("the picture has \(extents[0]) channels", "give all 3, or all 1")
      }
      channels = extents[0]
      for _ in 0..<max(0, try lines.integer("the number of windows")) {
        try append(lines.window(of: picture), foregroundThreshold, backgroundThreshold)
      }
    }
    guard !pictures.isEmpty else { throw CaffeError(.value, file: name, "the file lists no pictures with windows") }
  }

  private mutating func append(
    _ found: (window: Window, overlap: Float), _ foregroundThreshold: Float, _ backgroundThreshold: Float
  ) throws {
    let window = found.window
    if found.overlap >= foregroundThreshold {
      guard window.label > 0 else {
        throw CaffeError(
          .value, "the window overlaps an object by \(found.overlap), but its class is \(window.label); give 1 or more",
          at: FileLocation(file: file, line: window.line))
      }
      foreground.append(window)
    } else if found.overlap < backgroundThreshold {
      background.append(
        Window(
          picture: window.picture, label: 0, left: window.left, top: window.top, right: window.right,
          bottom: window.bottom, line: window.line))
    }
  }

  /// The lines of the file that aren't empty.
  private struct Lines {
    let file: String
    private var rest: ArraySlice<(number: Int, text: Substring)>
    private(set) var number = 0

    init(_ path: String, name: String) throws {
      file = name
      let text = try MappedFile(path).withBytes { String(decoding: $0, as: UTF8.self) }
      rest =
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        .map { ($0.offset + 1, $0.element.trimmingBlanks()) }.filter { !$0.1.isEmpty }[...]
    }

    mutating func next() -> Substring? {
      guard let line = rest.popFirst() else { return nil }
      number = line.number
      return line.text
    }

    mutating func needed(_ what: String) throws -> Substring {
      guard let line = next() else { throw error("the file ends where \(what) should be", "complete it") }
      return line
    }

    mutating func integer(_ what: String) throws -> Int {
      let text = try needed(what)
      guard let value = Int32(text) else { throw error("\"\(text)\" is no whole number", "write \(what)") }
      return Int(value)
    }

    mutating func window(of picture: Int) throws -> (window: Window, overlap: Float) {
      let words = try needed("a window").split(whereSeparator: \.isWhitespace)
      guard words.count == 6, let overlap = Float(words[1]), let label = Int32(words[0]),
        let corners = Lines.integers(words[2...])
      else { throw error("the window isn't \"class overlap x1 y1 x2 y2\"", "write six numbers") }
      guard corners[0] >= 0, corners[1] >= 0, corners[2] >= corners[0], corners[3] >= corners[1] else {
        throw error(
          "the window from \(corners[0]), \(corners[1]) to \(corners[2]), \(corners[3]) is empty or outside",
          "correct it")
      }
      let window = Window(
        picture: picture, label: Int(label), left: corners[0], top: corners[1], right: corners[2], bottom: corners[3],
        line: number)
      return (window, overlap)
    }

    private static func integers(_ words: ArraySlice<Substring>) -> [Int]? {
      let values = words.compactMap { Int32($0).map(Int.init) }
      return values.count == words.count ? values : nil
    }

    func error(_ found: String, _ remedy: String) -> CaffeError {
      CaffeError(.value, "\(found); \(remedy)", at: FileLocation(file: file, line: number))
    }
  }
}

extension Substring {
  /// Without blanks at both ends.
  fileprivate func trimmingBlanks() -> Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
