import CaffeCore

extension SVGDrawing {
  /// The kinds of file that drawings are written as.
  public enum FileType: String, CaseIterable, Sendable {
    /// Text, sharp at any size.
    case svg
    /// Pixels, twice as many each way as the drawing's size says.
    case png

    /// The type that the end of a file's name says.
    ///
    /// - Throws: `CaffeError` of code `flag` for another end.
    public init(ofFile path: String) throws {
      let name = SystemCalls.name(of: path)
      let end = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]).lowercased() }
      guard let type = end.flatMap(FileType.init(rawValue:)) else {
        throw CaffeError(.flag, "\"\(path)\": drawings are written as .svg or .png; give the file such an end")
      }
      self = type
    }
  }

  /// Writes the drawing to the file `path`, whole or not at all, as what its end says.
  ///
  /// - Throws: `CaffeError` when it can't be written, has another end, or nothing is there to make pixels with.
  public func write(to path: String) throws {
    let content = try FileType(ofFile: path) == .svg ? Array(svg.utf8) : png(scale: 2)
    try AtomicFile.write(to: path) { try $0.write(content) }
  }
}
