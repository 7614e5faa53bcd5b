import ArgumentParser
import Caffe

/// `caffe parse-log`: the numbers of a training as a table.
struct ParseLogCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "parse-log", abstract: "Writes the numbers of a training's log as comma-separated values.",
    discussion: """
      Without a folder, one table of all points goes to standard output. With one, LOG.train and LOG.test are written there, with the \
      columns of the original's parse_log.py.
      """)

  @Argument(help: "A log, or a metrics file.")
  var file: String
  @Argument(help: "The folder for LOG.train and LOG.test.")
  var folder: String?
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let run = try RunFile.read(file)
    session.note(run, file: file)
    guard let folder else { return Platform.write(RunTable(run, .all).csv, to: Platform.standardOutput) }
    let name = file.split(separator: "/").last.map(String.init) ?? file
    for (part, end) in [(RunTable.Part.training, "train"), (.tests, "test")] {
      let path = "\(folder)/\(name).\(end)"
      try AtomicFile.write(to: path) { try $0.write(Array(RunTable(run, part).csv.utf8)) }
      Platform.write("\(path)\n", to: Platform.standardOutput)
    }
  }
}
