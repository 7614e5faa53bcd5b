import Caffe

/// Makes the net of a seed and runs it. Whatever the net is, it either runs or ends in a `CaffeError`.
package struct NetFuzzer {
  /// What became of a seed's net.
  package struct Outcome {
    package var seed: UInt64
    /// The net's prototxt.
    package var text = ""
    package var phase = Phase.train
    /// The types of the layers that were built, inputs left out.
    package var built: [String] = []
    /// Whether the net ran forward and backward.
    package var ran = false
    /// The type of the layer that refused, and its error.
    package var refused: (type: String, error: CaffeError)?
    /// What must not happen.
    package var failures: [String] = []
  }

  /// The most values in all blobs and parameters of a net that is run.
  private static let largestRun = 1 << 20
  /// The most values of a net that the reference engine computes too.
  private static let largestReference = 1 << 15

  /// Gets each net before it is built.
  package var trace: (String) -> Void = { _ in }

  private let engine: any Engine
  private let types: [String]
  private let files: FuzzFiles

  /// Makes a fuzzer of all layer types that nets of `engine` may have.
  package init(engine: any Engine, files: FuzzFiles) {
    self.engine = engine
    self.files = files
    types = LayerRegistry.standard.names
  }

  /// Makes, builds and runs the net of `seed`.
  package func run(seed: UInt64) -> Outcome {
    var outcome = Outcome(seed: seed)
    var draw = Draw(seed: seed)
    outcome.phase = draw.boolean() ? .train : .test
    var net = FuzzNet(&draw)
    do {
      guard let built = try grow(&net, &draw, &outcome) else { return outcome }
      try run(built, net, &draw, &outcome)
    } catch {
      outcome.failures.append("an error that is no CaffeError: \(error)")
    }
    return outcome
  }

  // MARK: - Building

  /// Adds layers until enough are there or one is refused.
  private func grow(_ net: inout FuzzNet, _ draw: inout Draw, _ outcome: inout Outcome) throws -> Net? {
    let isOdd = draw.boolean()
    var shapes: [String: [Int]] = [:]
    var built: Net?
    for _ in 0..<draw.integer(1...4) {
      net.add(draw.pick(types), over: shapes, isOdd: isOdd && draw.boolean(), &draw)
      outcome.text = net.text
      trace("# \(outcome.phase)\n\(net.text)")
      do {
        let made = try build(net.text, on: ReferenceEngine(), outcome.phase)
        outcome.built.append(net.lastType)
        for (name, blob) in zip(made.blobNames, made.blobs) where !name.contains("_split_") {
          shapes[name] = blob.shape.extents
        }
        built = made
      } catch let error as CaffeError {
        note(error, of: net.lastType, layer: net.lastName, &outcome)
        // The engine under test must refuse it too, in the same words.
        expectSame(error, net.text, &outcome)
        return nil
      }
    }
    return built
  }

  private func build(_ text: String, on engine: any Engine, _ phase: Phase) throws -> Net {
    let file = try NetReader.parseNet(text: text, fileName: "fuzz.prototxt")
    var context = Context(engine: engine, phase: phase, registry: .standard, random: RandomSource(seed: 1))
    context.baseFolder = files.path
    return try Net(file.net, context: context, locations: file.layerLocations)
  }

  private func note(_ error: CaffeError, of type: String, layer: String?, _ outcome: inout Outcome) {
    outcome.refused = (type, error)
    if error.message.isEmpty || "\(error)".contains(where: \.isNewline) {
      outcome.failures.append("an error without words, or of several lines: \(error)")
    }
    if error.layer == nil, error.location?.line == nil, !error.message.hasPrefix("no layer of the net") {
      outcome.failures.append("an error that names neither a layer nor a line: \(error)")
    }
  }

  private func expectSame(_ error: CaffeError, _ text: String, _ outcome: inout Outcome) {
    do {
      _ = try build(text, on: engine, outcome.phase)
      outcome.failures.append("\(engine.name) builds what the reference engine refuses: \(error)")
    } catch {
      if "\(error)" != "\(outcome.refused?.error as Any? ?? "")" {
        outcome.failures.append("\(engine.name) says: \(error)")
      }
    }
  }

  // MARK: - Running

  private func run(_ reference: Net, _ net: FuzzNet, _ draw: inout Draw, _ outcome: inout Outcome) throws {
    let size = NetFuzzer.size(of: reference)
    guard size <= NetFuzzer.largestRun else { return }
    let seed = UInt64(draw.integer(0...Int(Int32.max)))
    let change = InputChange(net, &draw)
    let startsBackward = draw.chance(10)
    let tested = try build(net.text, on: engine, outcome.phase)
    let first = FuzzRun(net: tested, inputs: net.inputs, seed: seed, change: change, startsBackward: startsBackward)
    settle(first.error, tested, &outcome)
    let reusing = FuzzRun(
      net: try build(net.text, on: engine, outcome.phase), inputs: net.inputs, seed: seed, change: change,
      startsBackward: startsBackward, memory: .reusedByTraining)
    outcome.failures += first.differences(whereMemoryIsReused: reusing)
    guard size <= NetFuzzer.largestReference, !NetFuzzer.isBeyondFloats(net) else { return }
    let second = FuzzRun(net: reference, inputs: net.inputs, seed: seed, change: change, startsBackward: startsBackward)
    outcome.failures += first.differences(from: second, engine: engine.name)
  }

  private func settle(_ error: CaffeError?, _ net: Net, _ outcome: inout Outcome) {
    guard let error else {
      outcome.ran = true
      return
    }
    let type = net.layerParameters.first { $0.name == error.layer }?.type
    note(error, of: type ?? "", layer: nil, &outcome)
    if type == nil { outcome.failures.append("an error of a run that names no layer of the net: \(error)") }
  }

  /// Whether `net` computes with values so near the edge of what a float holds that engines with doubles keep what
  /// others lose.
  private static func isBeyondFloats(_ net: FuzzNet) -> Bool {
    ["1e-45", "3.4e38"].contains(where: net.text.contains)
  }

  private static func size(of net: Net) -> Int {
    let blobs = net.blobs + net.parameters.map(\.blob)
    return blobs.reduce(0) { min($0 + min($1.count, 1 << 40), 1 << 40) }
  }
}
