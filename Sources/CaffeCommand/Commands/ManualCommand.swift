import ArgumentParser
import Caffe
import Foundation

/// `caffe manual`: the manual pages.
struct ManualCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Writes manual pages of all commands, for man.",
    discussion: "They are made of what --help says. To read one at once: man -l DIR/caffe-train.1")

  @Option(help: "The folder to write them to; it is made if missing.")
  var out: String?
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    guard let out, !out.isEmpty else { throw CaffeError(.flag, "Need a folder for the pages. Give --out=DIR") }
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw CaffeError(.file, file: out, "this folder can't be made: \(error.localizedDescription)")
    }
    let pages = try ManualPage.all()
    for (name, text) in pages.sorted(by: { $0.key < $1.key }) {
      try AtomicFile.write(to: "\(out)/\(name)") { try $0.write(Array(text.utf8)) }
    }
    Platform.write("\(pages.count) pages: \(out)\n", to: Platform.standardOutput)
  }
}
