import ArgumentParser

/// `caffe data`: what is in databases and lists.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Looks at databases and lists of pictures: check, show.",
    subcommands: [DataCheckCommand.self, DataShowCommand.self])
}
