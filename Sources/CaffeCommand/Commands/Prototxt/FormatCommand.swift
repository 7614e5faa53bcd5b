import ArgumentParser
import Caffe
import Foundation

/// `caffe fmt`: prototxt files in one layout.
struct FormatCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Lays prototxt files out, with their comments.",
    discussion: """
      FILES are prototxt files, or folders of them; without any, or for -, standard input. The result goes to standard output, unless \
      --in-place writes it back. What a file says stays the same.
      """)

  @Argument(help: "Prototxt files, and folders of them.")
  var files: [String] = []
  @Option(
    name: [.customLong("in_place"), .customLong("i"), .customLong("w")],
    help: "Write the files themselves; those that change are listed.")
  var inPlace: Bool = false
  @Option(help: "Change nothing; list the files that aren't formatted, and end with status 1 if there are any.")
  var check: Bool = false
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if check, inPlace { throw ValidationError("--check changes nothing, so it doesn't go with --in-place") }
    if inPlace, files.isEmpty || files.contains("-") { throw ValidationError("--in-place needs FILES to write") }
  }

  func run(_ session: Session) throws {
    var isDifferent = false
    var failed: [CaffeError] = []
    for file in files.isEmpty ? ["-"] : try PrototxtFiles.find(files) {
      do {
        isDifferent = try format(file) || isDifferent
      } catch let error as CaffeError {
        // The others are done all the same.
        failed.append(error)
      }
    }
    for error in failed { Platform.write("caffe: error: \(error)\n", to: Platform.standardError) }
    if !failed.isEmpty || (check && isDifferent) { throw SaidAlready() }
  }

  /// Returns whether the file wasn't formatted.
  private func format(_ file: String) throws -> Bool {
    let (formatted, original) = try texts(file)
    let isDifferent = formatted != original
    if check || inPlace {
      if isDifferent {
        if inPlace { try AtomicFile.write(to: file) { try $0.write(formatted) } }
        Platform.write("\(file)\n", to: Platform.standardOutput)
      }
    } else {
      formatted.withUnsafeBytes { Platform.write($0, to: Platform.standardOutput) }
    }
    return isDifferent
  }

  private func texts(_ file: String) throws -> (formatted: [UInt8], original: [UInt8]) {
    guard file == "-" else { return try PrototxtFormatter.format(file: file) }
    let bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
    return (try PrototxtFormatter.format(bytes: bytes, fileName: "<standard input>"), bytes)
  }
}
