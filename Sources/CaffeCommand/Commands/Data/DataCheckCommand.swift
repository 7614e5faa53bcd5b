import ArgumentParser
import Caffe

/// `caffe data check`: what is in a database or list, and what is wrong with it.
struct DataCheckCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Looks at every record of an LMDB or LevelDB, or every picture of a list.",
    discussion: """
      Says how many records there are, their shapes and labels, which can't be used and which come twice. The status is 1 when something \
      is wrong: records that can't be used, of different shapes, or of the same content and different labels.
      """)

  @Argument(help: "The database, or the list.")
  var path: String
  @Option(help: "The folder that a list's paths begin in.")
  var root = ""
  @Option(help: "Print JSON in place of a table.")
  var json = false
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let report = try session.stoppable { shouldStop in
      try DataInspection.check(path, root: root, shouldStop: shouldStop)
    }
    Platform.write(json ? try JSONText.of(report) : DataCheckText.of(report), to: Platform.standardOutput)
    guard report.isSound else {
      throw CaffeError(.corrupt, file: path, report.problems.joined(separator: "; "))
    }
  }
}
