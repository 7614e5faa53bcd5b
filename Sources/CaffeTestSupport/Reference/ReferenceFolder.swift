import Foundation

/// Where the original's numbers are: the folder named by `CAFFE_REFERENCE_DIR`, otherwise `Tests/Fixtures`.
package enum ReferenceFolder {
  /// The folder's path.
  package static let path: String = {
    if let given = ProcessInfo.processInfo.environment["CAFFE_REFERENCE_DIR"], !given.isEmpty { return given }
    return fixtures
  }()

  /// `Tests/Fixtures` of this package.
  package static let fixtures: String = packageFolder + "/Tests/Fixtures"

  /// The root of this package.
  package static let packageFolder: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(4)
    return parts.joined(separator: "/")
  }()

  /// The folders in `path`, sorted by name; none when there is no such folder.
  package static func folders(in path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted().map { "\(path)/\($0)" }.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && isFolder.boolValue
    }
  }
}
