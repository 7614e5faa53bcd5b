import ArgumentParser
import Caffe

/// `caffe draw`: a net as a picture.
struct DrawCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draws a net: layers as boxes, blobs with their shapes as arrows.",
    discussion: """
      Graphviz lays it out where it is installed, else caffe does. Layers that work in-place are in the box of what they change. Where shapes \
      aren't known without the data, --input-shape says them; else the arrows have the blobs' names.
      """)

  @Option(help: "The picture to write: NAME.svg, NAME.png or NAME.dot.")
  var out: String?
  @Option(help: "Which way it runs: LR, RL, TB or BT.")
  var rankdir: NetDiagram.Direction = .leftToRight
  @Option(help: "Who lays it out: auto (Graphviz where it is installed), dot or caffe.")
  var layout: Layout = .auto
  @Option(
    name: .customLong("input_shape"), parsing: .singleValue,
    help: "The shape of an input or a data layer's top, as data=1,3,224,224; once for each.")
  var inputShapes: [String] = []
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  enum Layout: String, ExpressibleByArgument, CaseIterable { case auto, dot, caffe }

  func run(_ session: Session) throws {
    guard let model = net.model, !model.isEmpty else {
      throw CaffeError(.flag, "Need a net to draw. Give --model=FILE")
    }
    guard let out, !out.isEmpty else {
      throw CaffeError(.flag, "Need a name for the picture. Give --out=NAME.svg, .png or .dot")
    }
    var context = try session.context(machine, phase: net.phase(or: .train))
    context.logger.logLevel = .warning
    let read = try NetReader.readNet(file: model, unknownFields: machine.unknownFields, notes: session.note)
    let diagram = try NetDiagram(
      read, context: context, shapes: inputShapes.map { try InputShape(parsing: $0) }, level: net.level,
      stages: net.stages)
    if let reason = diagram.reason {
      session.logger.warning("the picture has no shapes: \(reason)", at: "draw.cpp:1")
    }
    try write(diagram, to: out)
    Platform.write(
      "\(diagram.boxes.count) boxes, \(diagram.arrows.count) arrows: \(out)\n", to: Platform.standardOutput)
  }

  private func write(_ diagram: NetDiagram, to out: String) throws {
    let dot = diagram.dot(rankdir)
    if out.lowercased().hasSuffix(".dot") || out.lowercased().hasSuffix(".gv") {
      return try AtomicFile.write(to: out) { try $0.write(Array(dot.utf8)) }
    }
    let type = try SVGDrawing.FileType(ofFile: out)
    if layout != .caffe, let graphviz = Graphviz.find() {
      let content = try graphviz.draw(dot, as: type.rawValue)
      return try AtomicFile.write(to: out) { try $0.write(content) }
    }
    guard layout != .dot else {
      throw CaffeError(
        .unsupported, "there is no program \"dot\" on the PATH; apt-get install graphviz, or leave --layout out")
    }
    try diagram.drawing(rankdir).write(to: out)
  }
}

extension NetDiagram.Direction: ExpressibleByArgument {
  /// Takes the value of `--rankdir`, in letters of any case.
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
