import ArgumentParser
import Caffe

/// `caffe deploy`: a net to train, as a net to use.
struct DeployCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Makes the net to use of a net to train: inputs, no losses.",
    discussion: """
      The shape of the input is that which the data layer gives, if its data is there; else that of crop_size or new_height; else --shape \
      says it. Beside the net goes NAME.preprocess.json with what the data layer does to pictures.
      """)

  @Option(help: "The prototxt to write.")
  var out: String?
  @Option(help: "The shape of the input, 1,3,227,227.")
  var shape: String?
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if let shape, extents(shape) == nil {
      throw ValidationError("--shape=\(shape): give positive numbers, as 1,3,227,227")
    }
  }

  func run(_ session: Session) throws {
    guard let model = net.model, !model.isEmpty else {
      throw CaffeError(.flag, "Need the net that is trained. Give --model=FILE")
    }
    guard let out, !out.isEmpty else { throw CaffeError(.flag, "Need a name for the net to use. Give --out=FILE") }
    let context = try session.context(machine, phase: .test)
    var parameter = try NetReader.readNet(file: model, unknownFields: machine.unknownFields, notes: session.note).net
    if let level = net.level { parameter.state.level = Int32(clamping: level) }
    parameter.state.stage += net.stages
    let deployment = try Deployment(parameter)
    if shape != nil, deployment.inputs.count != 1 {
      throw CaffeError(.flag, "--shape is for one input; this net has \(deployment.inputs.count)")
    }
    let sources = deployment.inputs.map { source in Result { try built(source, context) } }
    let shapes = try zip(deployment.inputs, sources).map { input, source in
      try shape.flatMap(extents) ?? inputShape(input, source)
    }
    let text = deployment.net(shapes: shapes).prototxt()
    try AtomicFile.write(to: out) { try $0.write(Array(text.utf8)) }
    if let input = deployment.inputs.first {
      describe(input, try? sources[0].get().layers[0], shapes[0], out, context)
    }
  }

  private func describe(
    _ input: Deployment.Input, _ layer: Layer?, _ shape: [Int], _ out: String, _ context: Context
  ) {
    do {
      try Preprocessing(of: input.source, layer, shape: shape, context: context)?.write(beside: out)
    } catch {
      context.logger.warning("\(Preprocessing.sidecar(of: out)) isn't written: \(error)", at: "deploy.cpp:1")
    }
  }

  /// The layer that the input came from, alone; only where its data is there.
  private func built(_ input: Deployment.Input, _ context: Context) throws -> Net {
    var single = NetParameter()
    single.layer = [input.source]
    var quiet = context
    quiet.logger = .silent
    return try Net(single, context: quiet)
  }

  /// The shape that the input had in training, for one picture.
  private func inputShape(_ input: Deployment.Input, _ source: Result<Net, any Error>) throws -> [Int] {
    switch source {
    case .success(let net):
      let extents = net.tops[0][input.top].shape.extents
      return input.source.type == "Input" ? extents : [1] + extents.dropFirst()
    case .failure(let error):
      if let guessed = guessedShape(input) { return guessed }
      throw CaffeError(
        .shape, "the shape of the input \"\(input.name)\" isn't known, since its data can't be read; give --shape",
        cause: error)
    }
  }

  private func guessedShape(_ input: Deployment.Input) -> [Int]? {
    guard input.top == 0, ["Data", "ImageData", "WindowData"].contains(input.source.type) else { return nil }
    return input.source.guessedRecord.map { [1] + $0 }
  }

  private func extents(_ text: String) -> [Int]? {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }.filter { (1...Int(Int32.max)).contains($0) }
    return numbers.count == words.count ? numbers : nil
  }
}
