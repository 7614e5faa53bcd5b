import CaffeCore
import Foundation

/// Checks on a database's folder before a library opens it: the libraries' own messages don't say what to do.
enum RecordFolder {
  /// Which kind of database the files in `path` look like.
  static func backend(at path: String) -> RecordBackend? {
    let files = FileManager.default
    if files.fileExists(atPath: path + "/data.mdb") { return .lmdb }
    if files.fileExists(atPath: path + "/CURRENT") { return .leveldb }
    return nil
  }

  static func checkExisting(_ path: String, backend: RecordBackend) throws {
    guard !path.isEmpty else {
      throw CaffeError(.file, "no database is named; give the path of a \(backend.title) folder")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CaffeError(
        .file, file: path,
        "there is no such database\(relativeNote(path)); make it first, or mend the path")
    }
    guard isFolder.boolValue else {
      throw CaffeError(
        .file, file: path, "this is a file; a \(backend.title) database is a folder, so name the folder")
    }
    let found = RecordFolder.backend(at: path)
    if let found, found != backend {
      throw CaffeError(
        .corrupt, file: path,
        "this is a \(found.title) database, opened as \(backend.title); say "
          + "`backend: \(found.rawValue.uppercased())` in the net, or --backend=\(found.rawValue)")
    }
    guard found != nil else {
      let sign = backend == .lmdb ? "data.mdb" : "CURRENT"
      throw CaffeError(
        .corrupt, file: path,
        "this folder is not a \(backend.title) database: it has no file \(sign); make the database again")
    }
  }

  private static func relativeNote(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return "" }
    return " (looked for from the folder \(FileManager.default.currentDirectoryPath))"
  }
}

/// What tells two paths of one folder to be the same.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64

  init(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw CaffeError(.file, file: path, "cannot be read: \(systemMessage(errno)); check path and permissions")
    }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

/// The system's text for an error number.
func systemMessage(_ number: Int32) -> String { String(cString: strerror(number)) }
