import Caffe
import Foundation

/// A folder of its own for a test, removed with its owner.
package final class TemporaryFolder {
  /// The folder's path.
  package let path: String

  /// Makes an empty folder.
  package init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("caffe-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in the folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a text file.
  ///
  /// - Returns: Its path.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Copies the files of `folder` whose names `isWanted` accepts.
  package func copy(from folder: String, where isWanted: (String) -> Bool = { _ in true }) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where isWanted(name) {
      try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: file(name))
    }
  }

  /// The names in the folder, sorted.
  package var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
