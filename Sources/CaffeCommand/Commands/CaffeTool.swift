import ArgumentParser
import Caffe

/// `caffe`: the verbs.
struct CaffeTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caffe",
    abstract: "Trains, tests and uses nets.",
    discussion: """
      A net is a prototxt, a training is a solver's prototxt, a model is a .caffemodel. Flags may stand before or after the command, with one \
      leading dash or two, with = or a blank before the value. --flagfile=FILE takes flags from a file.

      Examples:
        caffe train --solver=examples/mnist/lenet_solver.prototxt
        caffe train --solver=solver.prototxt --snapshot=lenet_iter_5000.solverstate
        caffe test --model=net.prototxt --weights=net.caffemodel --iterations=100
        caffe predict --model=deploy.prototxt --weights=net.caffemodel cat.jpg
        caffe lint solver.prototxt
        caffe draw --model=net.prototxt --out=net.svg

      Exit statuses: \(ExitStatuses.line).

      More: caffe COMMAND --help, caffe help layers, caffe help layer NAME, caffe help lint.
      """,
    version: "caffe version \(caffeVersion)",
    groupedSubcommands: [
      CommandGroup(name: "Training:", subcommands: [TrainCommand.self, TestCommand.self, TimeCommand.self]),
      CommandGroup(
        name: "Looking at trainings:", subcommands: [PlotCommand.self, ParseLogCommand.self, ReportCommand.self]),
      CommandGroup(
        name: "Looking at nets:",
        subcommands: [
          SummaryCommand.self, MemoryCommand.self, DrawCommand.self, LintCommand.self, FormatCommand.self,
          ShowCommand.self
        ]),
      CommandGroup(
        name: "Using nets:", subcommands: [PredictCommand.self, DeployCommand.self, ExtractFeaturesTool.self]),
      CommandGroup(
        name: "Data:",
        subcommands: [
          ConvertImagesetTool.self, ComputeMeanTool.self, DataCommand.self, DigitsCommand.self, CIFARCommand.self
        ]),
      CommandGroup(
        name: "The machine and the program:",
        subcommands: [DeviceQueryCommand.self, CompletionCommand.self, ManualCommand.self])
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
