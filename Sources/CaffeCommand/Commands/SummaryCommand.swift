import ArgumentParser
import Caffe

/// `caffe summary`: what a net consists of.
struct SummaryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Shows a net's layers, their shapes, parameters, work and memory.",
    discussion: """
      No data are read and no weights made: layers that read data are replaced by inputs of the shapes that --input-shape gives, or that \
      follow from crop_size, batch_size and the like. A multiply-add is a multiplication with its addition, in one forward pass. The last column \
      has the rules of caffe lint that the layer breaks; caffe help lint RULE says more.
      """)

  @Option(
    name: .customLong("input_shape"), parsing: .singleValue,
    help: "The shape of an input or a data layer's top, as data=1,3,224,224; once for each.")
  var inputShapes: [String] = []
  @Option(help: "Print JSON in place of the table.")
  var json: Bool = false
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
    let remarks = remarks(on: model, context)
    let text = json ? SummaryReport(summary, remarks: remarks).json : summary.table(remarks: remarks) + "\n"
    Platform.write(text, to: Platform.standardOutput)
  }

  /// The rules of the linter that each layer breaks; a summary is of the file alone, so rules about data are left out.
  private func remarks(on model: String, _ context: Context) -> [String: [String]] {
    var linter = Linter(context: context)
    linter.ignored = ["build", "mean-file-size", "one-based-labels"]
    (linter.stages, linter.level) = (net.stages, net.level)
    var remarks: [String: [String]] = [:]
    for finding in linter.findings(in: [model]) {
      if let layer = finding.layer, remarks[layer]?.contains(finding.rule) != true {
        remarks[layer, default: []].append(finding.rule)
      }
    }
    return remarks
  }
}
