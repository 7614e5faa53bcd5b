import Foundation

/// What a script, run in a folder of its own, said.
package struct ScriptRun {
  /// Its exit status.
  package let status: Int32
  /// Its standard output and error.
  package let output: String

  /// Runs `script` of `folder` from `directory` of it, with little of this process's environment.
  package init(
    _ script: String, _ arguments: [String] = [], in folder: TemporaryFolder, from directory: String? = nil,
    with environment: [String: String] = [:]
  ) throws {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: folder.file(script))
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory.map { folder.file($0) } ?? folder.path)
    process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path].merging(environment) { $1 }
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
