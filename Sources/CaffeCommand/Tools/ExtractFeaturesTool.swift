import ArgumentParser
import Caffe

/// `extract_features`: what blobs of a net hold for each record of its data.
struct ExtractFeaturesTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "extract_features",
    abstract: "Writes what blobs of a net hold for each record of its data: databases, HDF5 files or NumPy arrays.",
    discussion: """
      Everything may be given by flags, or as in the original without them: WEIGHTS MODEL BLOB[,BLOB…] OUTPUT[,OUTPUT…] \
      BATCHES FORMAT [CPU|GPU] [DEVICE]. Without a number of batches, or with the word epoch in its place, the data are run once.
      """)

  @Option(help: "The net, a prototxt with a data layer; it is run in phase TEST.")
  var model: String?
  @Option(help: "Weights files, separated by commas.")
  var weights: String?
  @Option(help: "The blobs, separated by commas.")
  var blobs: String?
  @Option(help: "What to write, a name for each blob, separated by commas; for hdf5 one name may stand for all.")
  var out: String?
  @Option(help: "What is written: lmdb, leveldb, hdf5 or npy.")
  var backend: String?
  @Option(help: "How many batches are run (default: one epoch).")
  var batches: Int?
  @Option(help: "Stop at the end of the epoch, should it come before --batches.")
  var epoch = false
  @Option(help: "The keys of records: number, or record: those of the data.")
  var keys: FeatureExtractor.Keys = .number
  @Option(help: "Replace what is there.")
  var force = false
  @Argument(help: "The same without flags, in the original's order.")
  var words: [String] = []
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let request = try FeatureRequest(self)
    let engine = try session.engine(machine, orGPU: request.device)
    let context = try session.context(machine, phase: .test, engine: engine)
    if let gpu = engine as? CUDAEngine {
      session.logger.info("Using GPU", at: "extract_features.cpp:58")
      session.logger.info("Using Device_id=\(gpu.ordinal)", at: "extract_features.cpp:63")
    } else {
      session.logger.info("Using CPU", at: "extract_features.cpp:66")
    }
    let net = try Net(file: request.model, context: context, unknownFields: machine.unknownFields)
    guard net.parameters.isEmpty || !request.weights.isEmpty else {
      throw CaffeError(.flag, "Need weights to extract features of this net. Give --weights=FILE")
    }
    for file in request.weights { try net.loadWeights(file: file) }
    var extractor = try FeatureExtractor(net: net, blobs: request.blobs)
    extractor.batches = request.batches
    extractor.stopsAtEpoch = epoch
    extractor.keys = keys
    let stores = try request.format.stores(request.outputs, blobs: request.blobs, replacing: force)
    session.logger.info("Extracting Features", at: "extract_features.cpp:134")
    try session.stoppable { shouldStop in
      try extractor.extract(
        to: stores,
        follow: { blob, rows in
          session.logger.info(
            "Extracted features of \(rows) query images for feature blob \(blob)", at: "extract_features.cpp:172")
        }, shouldStop: shouldStop)
    }
    session.logger.info("Successfully extracted the features!", at: "extract_features.cpp:187")
  }
}

extension FeatureExtractor.Keys: ExpressibleByArgument {}

/// What `extract_features` is asked for, by flags or by the original's arguments.
struct FeatureRequest {
  private(set) var model = ""
  private(set) var weights: [String] = []
  private(set) var blobs: [String] = []
  private(set) var outputs: [String] = []
  private(set) var batches: Int?
  private(set) var format = FeatureFormat.lmdb
  /// The number of the GPU that the arguments ask for.
  private(set) var device: Int?

  /// - Throws: `CaffeError` of code `flag` for what is missing or can't be.
  init(_ tool: ExtractFeaturesTool) throws {
    var words = tool.words[...]
    weights = FeatureRequest.list(tool.weights ?? words.popFirst() ?? "")
    model = try FeatureRequest.text(tool.model ?? words.popFirst(), "a net", "--model=FILE")
    let blobs = try FeatureRequest.text(tool.blobs ?? words.popFirst(), "the names of blobs", "--blobs=fc7,prob")
    let outputs = try FeatureRequest.text(tool.out ?? words.popFirst(), "names to write to", "--out=fc7_lmdb,prob_lmdb")
    self.blobs = FeatureRequest.list(blobs)
    self.outputs = FeatureRequest.list(outputs)
    batches = try tool.batches ?? words.popFirst().flatMap(FeatureRequest.batches)
    format = try (tool.backend ?? words.popFirst()).map { try FeatureFormat(named: $0) } ?? .lmdb
    try readDevice(&words)
    if let word = words.first { throw CaffeError(.flag, "\"\(word)\" is an argument too many") }
    if format == .hdf5, self.outputs.count == 1 {
      self.outputs = [String](repeating: self.outputs[0], count: self.blobs.count)
    }
    if let twice = FeatureRequest.repeated(format == .hdf5 ? self.blobs : self.outputs) {
      throw CaffeError(.flag, "\"\(twice)\" is named twice; give each blob a place of its own")
    }
  }

  private mutating func readDevice(_ words: inout ArraySlice<String>) throws {
    guard let word = words.popFirst() else { return }
    guard ["CPU", "GPU"].contains(word) else {
      throw CaffeError(.flag, "\"\(word)\" where CPU or GPU was expected")
    }
    if word == "GPU" { device = 0 }
    guard let number = words.popFirst() else { return }
    // The original's help writes it as DEVICE_ID=0.
    guard let number = Int(number.replacing("DEVICE_ID=", with: "")), number >= 0 else {
      throw CaffeError(.flag, "\"\(number)\" where a device's number was expected")
    }
    if word == "GPU" { device = number }
  }

  private static func batches(_ word: String) throws -> Int? {
    if word == "epoch" { return nil }
    guard let count = Int(word), count > 0 else {
      throw CaffeError(.flag, "\"\(word)\" batches; give 1 or more, or epoch")
    }
    return count
  }

  private static func text(_ text: String?, _ what: String, _ flag: String) throws -> String {
    guard let text, !list(text).isEmpty else {
      throw CaffeError(.flag, "Need \(what) to extract features. Give \(flag)")
    }
    return text
  }

  private static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

  private static func repeated(_ names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
  }
}
