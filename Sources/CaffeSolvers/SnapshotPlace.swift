import CaffeCore
import CaffeNet
import Foundation

/// Where snapshots go, and what they are called.
struct SnapshotPlace {
  let prefix: String
  let context: Context

  init(_ prefix: String, _ context: Context) {
    self.prefix = prefix
    self.context = context
  }

  /// The name of a file of the snapshot at `iteration`, as the user sees it.
  func name(_ iteration: Int, _ ending: String) -> String { "\(prefix)_iter_\(iteration)\(ending)" }

  /// Makes sure that a snapshot can be written, so that nobody trains for hours in vain; a missing folder is made.
  func check(isNeeded: Bool) throws {
    guard isNeeded else { return }
    let probe = name(0, ".tempfile.\(ProcessInfo.processInfo.globallyUniqueString)")
    do {
      let folder = SystemCalls.folder(of: context.path(prefix))
      if SystemCalls.kind(of: folder) == .missing {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      try AtomicFile.write(to: context.path(probe)) { try $0.write([0]) }
      try FileManager.default.removeItem(atPath: context.path(probe))
    } catch {
      throw CaffeError(
        .file,
        "snapshots cannot be written as \"\(prefix)_iter_….caffemodel\"; check the folder of snapshot_prefix, "
          + "or choose another one", cause: error)
    }
  }
}
