import ArgumentParser
import Caffe

/// `caffe memory`: what training and testing a net will take.
struct MemoryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Tells how much memory training and testing a net will take, before it is taken.",
    discussion: """
      The steps of caffe train and caffe test are gone through without computing, over addresses without memory behind them. With --solver the \
      test nets, what the rule remembers and snapshots are counted; without, training is by SGD with momentum. Shapes come from the data where they are there, \
      otherwise as in caffe summary: --input-shape gives them. --phase=TRAIN or --phase=TEST tells of one alone.
      """)

  @OptionGroup var forecast: ForecastFlags
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let model = net.model.flatMap { $0.isEmpty ? nil : $0 }
    let solver = forecast.solver.flatMap { $0.isEmpty ? nil : $0 }
    guard model != nil || solver != nil else {
      throw CaffeError(.flag, "Need a net to look at. Give --model=FILE, or --solver=FILE")
    }
    let read = try self.solver(solver, model: model, session)
    var needs: [MemoryNeed] = []
    var refusals: [String] = []
    // The smaller one first: what it leaves behind is then part of the other.
    for phase in [Phase.test, .train] where net.phase(or: phase) == phase {
      do {
        let teller = try teller(session)
        needs.append(try phase == .train ? teller.training(by: read) : teller.testing(teller.testedNet(of: read)))
      } catch let error as CaffeError where phase == .train && net.phase == nil && error.code == .graph {
        // A net for use alone has nothing to train.
        refusals.append("\(error)")
      }
    }
    let report = MemoryReport(needs: needs.reversed(), refusals: refusals)
    Platform.write(forecast.json ? try report.json : report.table, to: Platform.standardOutput)
  }

  private func teller(_ session: Session) throws -> MemoryForecast {
    let engine = try rehearsingEngine(session)
    var teller = MemoryForecast(context: try session.context(machine, phase: .train, engine: engine))
    teller.deviceMemory = { (engine as? CUDAEngine)?.reservedMemory }
    teller.batch = forecast.batch
    teller.shapes = try forecast.inputShapes.map { try InputShape(parsing: $0) }
    (teller.level, teller.stages) = (net.level, net.stages)
    teller.testIterations = net.iterations
    teller.unknownFields = machine.unknownFields
    teller.residentMemory = { Platform.residentMemory }
    return teller
  }

  /// The engine that takes memory and computes nothing; a GPU's needs no GPU.
  private func rehearsingEngine(_ session: Session) throws -> any Engine {
    if machine.engine == .cuda || machine.gpus.list != nil {
      let options = machine.gpus.options(CUDAOptions())
      return try CUDAEngine.rehearsing(options, hasCuDNN: options.usesTF32)
    }
    guard let engine = try session.engine(machine) as? CPUEngine else {
      throw CaffeError(
        .unsupported,
        "--engine=\(machine.engine?.rawValue ?? ""): what the CPU engine or a GPU takes can be told; leave the flag out, or give "
          + "--engine=cuda")
    }
    return engine.rehearsing
  }

  /// The solver of the file `path`, for the net `model` if that is given; without a file, SGD with momentum.
  private func solver(_ path: String?, model: String?, _ session: Session) throws -> SolverFile {
    let plain = "base_lr: 0.01 lr_policy: \"fixed\" momentum: 0.9 max_iter: \(Int32.max)"
    var read =
      try path.map { try NetReader.readSolver(file: $0, unknownFields: machine.unknownFields, notes: session.note) }
      ?? NetReader.parseSolver(text: plain)
    if let model { read.solver.train(model) }
    return read
  }
}

/// Flags about what is told.
struct ForecastFlags: ParsableArguments {
  @Option(help: "The solver, a prototxt; without --model its nets are looked at.")
  var solver: String?
  @Option(help: "How many records there are in a batch, in place of what the net says.")
  var batch: Int?
  @Option(
    name: .customLong("input_shape"), parsing: .singleValue,
    help: "The shape of an input or a data layer's top, as data=1,3,224,224; once for each.")
  var inputShapes: [String] = []
  @Option(help: "Print JSON in place of the table.")
  var json: Bool = false

  func validate() throws {
    if let batch, !(1...Int(Int32.max)).contains(batch) {
      throw ValidationError("--batch=\(batch): give a number of records from 1 to \(Int32.max)")
    }
  }
}

extension SolverParameter {
  /// Has the solver train, and test, the net of the file `model` in place of its own.
  fileprivate mutating func train(_ model: String) {
    clearNetParam()
    clearTrainNet()
    clearTrainNetParam()
    testNet = []
    testNetParam = []
    net = model
  }
}
