import CaffeCore
import Foundation

/// A folder that is filled under another name beside its place, and moved there when it is whole.
///
/// Dropped without `publish`, it is removed with all it holds. Where a process was killed before it could, the next
/// one that makes the same folder clears up after it.
final class PendingFolder {
  /// Where it will be.
  let path: String
  /// Where it is filled.
  let workPath: String
  private let replaces: Bool
  private var isPublished = false

  /// - Parameter replacing: Whether a database that has this name gives way to the new one.
  init(_ path: String, replacing: Bool = false) throws {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard !path.isEmpty else { throw CaffeError(.file, "no name is given for the new database; give a path") }
    // lstat: a dangling link is in the way, too.
    var status = stat()
    replaces = lstat(path, &status) == 0
    if replaces { try PendingFolder.checkReplaceable(path, replacing) }
    self.path = path
    // Not Foundation's: on Linux that traps for a name of one letter.
    let folder = SystemCalls.folder(of: path)
    let name = SystemCalls.name(of: path)
    PendingFolder.removeLeftovers(of: name, in: folder)
    workPath = "\(folder)/.partial-\(getpid())-\(UInt32.random(in: 0...UInt32.max))-\(name)"
    guard mkdir(workPath, 0o755) == 0 else {
      throw CaffeError(
        .file, file: path,
        "cannot be made: \(systemMessage(errno)); the folder \(folder) must exist and be writable")
    }
  }

  /// Gives the folder its name; it is whole and closed.
  func publish() throws {
    if replaces, exchange() { return }
    guard rename(workPath, path) == 0 else {
      let number = errno
      if number == ENOTEMPTY || number == EEXIST || number == ENOTDIR { throw PendingFolder.existsError(path) }
      throw CaffeError(.file, file: path, "cannot be made: \(systemMessage(number)); check the folder's permissions")
    }
    isPublished = true
  }

  /// Puts the folder in the place of the one that is there; false, with all as it was, where that can't be done.
  private func exchange() -> Bool {
    // Under a name that nothing clears up: whatever happens, one of the two is there whole.
    let old = "\(SystemCalls.folder(of: path))/.replaced-\(getpid())-\(SystemCalls.name(of: path))"
    guard rename(path, old) == 0 else { return false }
    guard rename(workPath, path) == 0 else {
      rename(old, path)
      return false
    }
    isPublished = true
    try? FileManager.default.removeItem(atPath: old)
    return true
  }

  deinit {
    if !isPublished { try? FileManager.default.removeItem(atPath: workPath) }
  }

  private static func checkReplaceable(_ path: String, _ replacing: Bool) throws {
    guard replacing else { throw existsError(path) }
    guard RecordFolder.backend(at: path) != nil else {
      throw CaffeError(
        .file, file: path, "already exists and is no database, so it isn't replaced; remove it or choose another name")
    }
  }

  private static func existsError(_ path: String) -> CaffeError {
    CaffeError(.file, file: path, "already exists; remove it or choose another name")
  }

  private static func removeLeftovers(of name: String, in folder: String) {
    let prefix = ".partial-"
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where entry.hasPrefix(prefix) && entry.hasSuffix("-\(name)") {
      let owner = entry.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let process = Int32(owner), process > 0, kill(process, 0) != 0, errno == ESRCH else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(entry)")
    }
  }
}
