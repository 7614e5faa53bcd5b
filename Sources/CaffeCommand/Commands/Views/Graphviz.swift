import Caffe
import Foundation

/// Graphviz' program `dot`.
struct Graphviz {
  private let path: String

  /// The first one on the PATH.
  static func find() -> Graphviz? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/dot" }.first { FileManager.default.isExecutableFile(atPath: $0) }.map(Graphviz.init)
  }

  private init(_ path: String) { self.path = path }

  /// What it makes of `text` in the format `type`.
  ///
  /// - Throws: `CaffeError` with what it says, where it fails.
  func draw(_ text: String, as type: String) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "caffe-draw-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Through files: a pipe that nobody empties while the other one is filled would wait for ever.
    let (input, output, errors) = (
      folder.appending(path: "in"), folder.appending(path: "out"), folder.appending(path: "err")
    )
    try Data(text.utf8).write(to: input)
    try Data().write(to: errors)
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["-T\(type)", "-o", output.path, input.path]
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let content = try? Data(contentsOf: output), !content.isEmpty else {
      let said =
        (try? String(contentsOf: errors, encoding: .utf8))?.split(separator: "\n").first.map { ": \($0)" } ?? ""
      throw CaffeError(
        .unsupported, "\(path) can't draw this net (status \(process.terminationStatus)\(said)); try --layout=caffe")
    }
    return [UInt8](content)
  }
}
