import Caffe
import Foundation

/// The state of the working copy that the program was started in.
enum GitState {
  /// Nil where there is no git or no working copy.
  static func current() -> RunSettings.Git? {
    guard let commit = output(of: ["rev-parse", "HEAD"]), commit.count >= 40 else { return nil }
    // Without files that git doesn't know: a folder of pictures takes it long.
    let changes = output(of: ["status", "--porcelain", "--untracked-files=no"]) ?? ""
    return RunSettings.Git(commit: commit, isChanged: !changes.isEmpty)
  }

  private static func output(of arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
