import CaffeCore
import CaffeNet

/// The text file that names the HDF5 files of a layer.
enum HDF5FileList {
  /// The names in the file `source`, with blanks or lines between them.
  static func names(in source: String, _ context: Context) throws -> [String] {
    let text = try MappedFile(context.path(source)).withBytes { String(decoding: $0, as: UTF8.self) }
    let hasMark = text.unicodeScalars.first == "\u{FEFF}"
    return text.dropFirst(hasMark ? 1 : 0).split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
