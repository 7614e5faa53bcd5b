import CaffeCore
import Foundation

/// A library of a test's own, in a folder of its own that goes with it.
package final class CompiledLibrary {
  /// Whether there is a C compiler.
  package static let canBeMade = run(["cc", "--version"])

  /// The folder that it is in.
  package let folder: String
  /// Its file.
  package let path: String

  /// Compiles `sources`, C, with the headers of the folder `includes`, to a shared library called `name`.
  ///
  /// - Throws: `CaffeError` when the compiler doesn't.
  package init(_ name: String, _ sources: String..., includes: String = "/usr/include") throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("caffe-library-\(UUID().uuidString)").path
    path = "\(folder)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let files = sources.indices.map { "\(folder)/\($0).c" }
    for (source, file) in zip(sources, files) { try Data(source.utf8).write(to: URL(fileURLWithPath: file)) }
    guard CompiledLibrary.run(["cc", "-shared", "-fPIC", "-I", includes, "-o", path] + files) else {
      throw CaffeError(.value, "\(name) can't be compiled of \(sources)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func run(_ words: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
