import ArgumentParser
import Caffe

/// `caffe`: the verbs.
struct CaffeTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caffe",
    abstract: "Trains, tests and times nets.",
    discussion: """
      Flags may stand before or after the command, with one leading dash or two, with = or a blank before the value. \
      --flagfile=FILE takes flags from a file.
      """,
    version: "caffe version \(caffeVersion)",
    subcommands: [
      TrainCommand.self, TestCommand.self, TimeCommand.self, SummaryCommand.self, LintCommand.self,
      FormatCommand.self, PredictCommand.self,
      DeployCommand.self, DeviceQueryCommand.self, DigitsCommand.self, CIFARCommand.self, ConvertImagesetTool.self,
      ComputeMeanTool.self, ExtractFeaturesTool.self, DataCommand.self, PlotCommand.self, ParseLogCommand.self,
      ReportCommand.self
    ])

  /// The names of the verbs.
  static var verbNames: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } }

  /// The names of the commands that the verb `name` consists of; none for most.
  static func parts(of name: String) -> [String] {
    let verb = configuration.subcommands.first { $0.configuration.commandName == name }
    return verb?.configuration.subcommands.compactMap { $0.configuration.commandName } ?? []
  }

  /// The usage line.
  static var usage: String { "caffe <\(verbNames.joined(separator: "|"))> [flags]; more by caffe --help" }
}

/// A program of its own that this one is when called by its name.
struct Tool {
  let command: any Verb.Type

  private static let commands: [any Verb.Type] = [
    ConvertMNISTTool.self, ConvertCIFARTool.self, ConvertSiameseTool.self, ConvertImagesetTool.self,
    ComputeMeanTool.self, ExtractFeaturesTool.self, UpgradeNetTextTool.self,
    UpgradeNetBinaryTool.self, UpgradeSolverTextTool.self, ClassificationTool.self
  ]

  /// Tools of the original that this version doesn't have.
  private static let missing: Set<String> = [
    "train_net", "test_net", "finetune_net",
    "net_speed_benchmark", "device_query"
  ]

  /// The tool called `name`; nil for `caffe` itself, by whatever name it was copied to.
  ///
  /// - Throws: `CaffeError` for a tool that isn't there yet.
  init?(named name: String) throws {
    if let command = Tool.commands.first(where: { $0.configuration.commandName == name }) {
      self.command = command
    } else if Tool.missing.contains(name) {
      throw CaffeError(.unsupported, "\(name) isn't part of this version yet")
    } else {
      return nil
    }
  }
}
