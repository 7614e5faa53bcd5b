import ArgumentParser
import Caffe

/// `upgrade_net_proto_text`: an old net's prototxt to today's form.
struct UpgradeNetTextTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "upgrade_net_proto_text", abstract: "Writes a net's prototxt of any age in today's form.")

  @Argument(help: "The prototxt to read.") var input: String
  @Argument(help: "The prototxt to write.") var output: String
  @Option(help: "Skip fields that the schema doesn't have, with a warning.") var lenient = false
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let file = try NetReader.readNet(
      file: input, unknownFields: lenient ? .lenient : .error, notes: session.note)
    try AtomicFile.write(to: output) { try $0.write(Array(file.net.prototxt().utf8)) }
    session.logger.info(
      "Wrote upgraded NetParameter text proto to \(output)", at: "upgrade_net_proto_text.cpp:49")
  }
}

/// `upgrade_net_proto_binary`: an old weights file to today's form.
struct UpgradeNetBinaryTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "upgrade_net_proto_binary", abstract: "Writes a .caffemodel of any age in today's form.")

  @Argument(help: "The .caffemodel to read.") var input: String
  @Argument(help: "The .caffemodel to write.") var output: String
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let (net, unknownFields) = try NetReader.readWeights(file: input, notes: session.note)
    if unknownFields > 0 {
      session.logger.warning(
        "Left out \(unknownFields) fields that the schema doesn't have", at: "upgrade_net_proto_binary.cpp:30")
    }
    try BinaryProto.write(net, file: output)
    session.logger.info(
      "Wrote upgraded NetParameter binary proto to \(output)", at: "upgrade_net_proto_binary.cpp:46")
  }
}

/// `upgrade_solver_proto_text`: an old solver's prototxt to today's form.
struct UpgradeSolverTextTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "upgrade_solver_proto_text", abstract: "Writes a solver's prototxt of any age in today's form.")

  @Argument(help: "The prototxt to read.") var input: String
  @Argument(help: "The prototxt to write.") var output: String
  @Option(help: "Skip fields that the schema doesn't have, with a warning.") var lenient = false
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    // Read as text: reading a solver to train with would fill in its snapshot_prefix.
    var solver = try Prototxt.read(
      SolverParameter.self, file: input, unknownFields: lenient ? .lenient : .error, notes: session.note)
    try solver.upgrade(source: input, notes: session.note)
    try AtomicFile.write(to: output) { try $0.write(Array(solver.prototxt().utf8)) }
    session.logger.info(
      "Wrote upgraded SolverParameter text proto to \(output)", at: "upgrade_solver_proto_text.cpp:45")
  }
}
