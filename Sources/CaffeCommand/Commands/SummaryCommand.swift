import ArgumentParser
import Caffe

/// `caffe summary`: what a net consists of.
struct SummaryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Shows a net's layers, their shapes and their numbers of parameters.",
    discussion: """
      No data are read and no weights made: layers that read data are replaced by inputs of the shapes that --input-shape gives, or that \
      follow from crop_size, batch_size and the like.
      """)

  @Option(
    name: .customLong("input_shape"), parsing: .singleValue,
    help: "The shape of an input or a data layer's top, as data=1,3,224,224; once for each.")
  var inputShapes: [String] = []
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    guard let model = net.model, !model.isEmpty else {
      throw CaffeError(.flag, "Need a model definition to sum up. Give --model=FILE")
    }
    var session = session
    // The log of building a net would bury the table.
    session.logger.logLevel = .warning
    let context = try session.context(machine, phase: net.phase(or: .train))
    let summary = try NetSummary(
      file: model, context: context, shapes: inputShapes.map { try InputShape(parsing: $0) }, level: net.level,
      stages: net.stages, unknownFields: machine.unknownFields)
    Platform.write("\(summary)\n", to: Platform.standardOutput)
  }
}
