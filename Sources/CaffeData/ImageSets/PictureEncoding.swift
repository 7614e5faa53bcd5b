import CaffeCore

/// How a database holds its pictures.
public enum PictureEncoding: Hashable, Sendable {
  /// As pixels.
  case pixels
  /// As the content of a picture file: the file's own where nothing is changed, else one of the type that its name says.
  case asNamed
  /// As the content of a picture file of this type; a file that is one is taken as it is.
  case file(Picture.FileType)

  /// Whether a file called `path` may be taken as it is.
  func keeps(_ path: String) -> Bool {
    switch self {
    case .pixels: false
    case .asNamed: true
    case .file(let type): (try? Picture.FileType(named: PictureEncoding.end(of: path))) == type
    }
  }

  /// The type to write a changed picture as.
  ///
  /// - Throws: `CaffeError` of code `flag` where the name's end says none that can be written.
  func type(for path: String) throws -> Picture.FileType {
    if case .file(let type) = self { return type }
    do {
      return try Picture.FileType(named: PictureEncoding.end(of: path))
    } catch {
      throw CaffeError(
        .flag, "the name \"\(path)\" doesn't end in .jpg or .png, the types that can be written; say --encode_type=png")
    }
  }

  private static func end(of path: String) -> String {
    path.lastIndex(of: ".").map { String(path[$0...]) } ?? ""
  }
}
