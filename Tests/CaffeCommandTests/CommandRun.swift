import Foundation

/// The program, run as a user runs it.
struct CommandRun {
  let status: Int32
  let output: String
  let error: String

  /// Runs the program as `tool` with `arguments`, in `folder`, and waits for its end.
  init(
    _ tool: String, _ arguments: [String], in folder: WorkFolder, environment: [String: String] = [:]
  ) throws {
    self = try RunningCommand(tool, arguments, in: folder, environment: environment).finish()
  }

  /// Runs it as `caffe`.
  init(_ arguments: [String], in folder: WorkFolder, environment: [String: String] = [:]) throws {
    try self.init("caffe", arguments, in: folder, environment: environment)
  }

  init(status: Int32, output: String, error: String) {
    self.status = status
    self.output = output
    self.error = error
  }
}

/// The program while it runs; its output goes to files, which can be looked at meanwhile.
final class RunningCommand {
  let process = Process()
  private let outputPath: String
  private let errorPath: String

  init(
    _ tool: String, _ arguments: [String], in folder: WorkFolder, environment: [String: String] = [:]
  ) throws {
    let name = UUID().uuidString
    outputPath = folder.path(name + ".out")
    errorPath = folder.path(name + ".err")
    for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.executableURL = URL(fileURLWithPath: try folder.tool(tool))
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.root)
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GLOG_") }
    process.environment = inherited.merging(environment) { _, new in new }
    try process.run()
  }

  /// What it has logged by now.
  var logged: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  /// Waits until the log holds `text`; false if the program ended or half a minute passed without.
  func waits(for text: String) -> Bool {
    for _ in 0..<3000 {
      if logged.contains(text) { return true }
      if !process.isRunning { return logged.contains(text) }
      usleep(10_000)
    }
    return false
  }

  func finish() -> CommandRun {
    process.waitUntilExit()
    let output = (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? ""
    return CommandRun(status: process.terminationStatus, output: output, error: logged)
  }
}

/// A folder of a test's own, removed with it.
final class WorkFolder {
  let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "caffe-command-\(UUID())").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] }

  /// The program under the name `tool`: built beside the test bundle.
  func tool(_ tool: String) throws -> String {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let program = bundle.deletingLastPathComponent().appending(path: "caffe").path
    let link = path(tool)
    if !exists(tool) { try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: program) }
    return link
  }
}
