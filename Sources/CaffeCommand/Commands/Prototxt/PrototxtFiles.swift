import Caffe
import Foundation

/// The prototxt files that a command is given.
enum PrototxtFiles {
  /// The files of `paths`, and of the folders among them, however deep, those whose names end in `.prototxt`.
  ///
  /// - Throws: `CaffeError` of code `flag` where there are none.
  static func find(_ paths: [String]) throws -> [String] {
    guard !paths.isEmpty else { throw CaffeError(.flag, "Need prototxt files, or folders of them") }
    return try paths.flatMap { path -> [String] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        return [path]
      }
      let inside = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      let found = inside.filter { $0.hasSuffix(".prototxt") }.sorted()
      guard !found.isEmpty else {
        throw CaffeError(.file, file: path, "there is no file NAME.prototxt in this folder; name another one")
      }
      return found.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }
  }
}
