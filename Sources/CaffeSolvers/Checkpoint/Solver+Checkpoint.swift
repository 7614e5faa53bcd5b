import CaffeCore
import CaffeNet
import CaffeProto

/// What test runs change, as it was before the last ones that were due: a training that goes on from a snapshot taken since then
/// tests again.
struct TestStart {
  var records: [String: CheckpointRecord]
}

extension Solver {
  // MARK: - Writing

  /// Writes the checkpoint of a snapshot whose model files are in place and whose state lies at `statePath` for now.
  func writeCheckpoint(_ files: SnapshotFiles, statePath: String) throws {
    var content = CheckpointFile()
    content.records = records("train", net)
    content.records[Checkpoint.Section.run] = runRecord()
    content.records[Checkpoint.Section.loss] = averageLoss.record
    for state in checkpointedStates where !testedStates.contains(where: { $0 === state }) {
      content.records[Checkpoint.Section.states + state.checkpointName] = state.checkpoint()
    }
    content.records.merge(testStart?.records ?? testRecords()) { own, _ in own }
    for file in [files.model, files.averagedModel].compactMap({ $0 }) {
      try add(SystemCalls.name(of: file), context.path(file), to: &content)
    }
    try add(SystemCalls.name(of: files.state), statePath, to: &content)
    try content.write(to: context.path(files.checkpoint))
  }

  private func add(_ name: String, _ path: String, to content: inout CheckpointFile) throws {
    content.records[Checkpoint.Section.files + name] = try Checkpoint.Part(name: name, path: path).record
  }

  private func runRecord() -> CheckpointRecord {
    CheckpointRecord(
      integers: [
        "iteration": Int64(iteration), "seed": Int64(bitPattern: context.random.seed),
        "average_start": Int64(averageStart), "skipped": Int64(nonFiniteCount.skipped),
        "skipped_in_a_row": Int64(nonFiniteCount.inARow), "net_hash": Int64(bitPattern: netHash),
        "parameters_hash": Int64(bitPattern: parametersHash)
      ],
      texts: ["solver_type": type(of: rule).typeName, "net": net.name])
  }

  /// The cursors of the test nets, what their layers carry, and what follows test runs.
  func testRecords() -> [String: CheckpointRecord] {
    var all: [String: CheckpointRecord] = [:]
    for (index, testNet) in testNets.enumerated() {
      all.merge(records("test\(index)", testNet)) { _, new in new }
    }
    for state in testedStates { all[Checkpoint.Section.states + state.checkpointName] = state.checkpoint() }
    return all
  }

  /// The states that a test run may change.
  private var testedStates: [any CheckpointedState] {
    checkpointedStates.filter { $0 !== average && $0 !== plateau }
  }

  private func records(_ name: String, _ net: Net) -> [String: CheckpointRecord] {
    let cursors = net.batchesRead.map { (String($0.key), Int64(bitPattern: $0.value)) }
    var records = [
      Checkpoint.Section.cursors(name): CheckpointRecord(integers: Dictionary(cursors) { first, _ in first })
    ]
    for (index, layer) in net.layers.enumerated() {
      guard let stateful = layer as? any StatefulLayer else { continue }
      records[Checkpoint.Section.layer(name, index)] = CheckpointRecord(stateful.currentState())
    }
    return records
  }

  /// A hash of all that the net's layers say.
  private var netHash: UInt64 {
    Checksum.of(text: net.layerParameters.map { $0.prototxt() }.joined(separator: "\n"))
  }

  /// A hash of the names and shapes of the parameters.
  private var parametersHash: UInt64 {
    Checksum.of(
      text: net.learnable.map { "\($0.layer.name)/\($0.index) [\($0.blob.shape.list)]" }.joined(separator: "\n"))
  }

  // MARK: - Going on

  /// Checks that `checkpoint` is of this net and solver and whole.
  ///
  /// - Returns: What takes it over, once weights and histories are in place.
  func restoration(of checkpoint: Checkpoint) throws -> () throws -> Void {
    do {
      try checkOrigin(checkpoint)
      var steps: [() throws -> Void] = []
      for state in checkpointedStates {
        guard let record = checkpoint.content.records[Checkpoint.Section.states + state.checkpointName] else {
          continue
        }
        steps.append(try state.restoration(of: record))
      }
      for (name, net) in [("train", net)] + testNets.enumerated().map({ ("test\($0.offset)", $0.element) }) {
        steps += try restorations(of: checkpoint, name, net)
      }
      let start = Int(clamping: try checkpoint.run.integer("average_start"))
      let loss = try checkpoint.content.records[Checkpoint.Section.loss].flatMap {
        try LossAverage(size: settings.averagedLosses, record: $0)
      }
      let count = NonFiniteCount(
        skipped: Int(clamping: try checkpoint.run.integer("skipped")),
        inARow: Int(clamping: try checkpoint.run.integer("skipped_in_a_row")))
      steps.append { [self] in
        if let loss { resumedAverage = (loss, start) }
        nonFiniteCount = count
      }
      return { for step in steps { try step() } }
    } catch var error as CaffeError {
      error.location = error.location ?? FileLocation(file: checkpoint.file)
      throw error
    }
  }

  private func restorations(of checkpoint: Checkpoint, _ name: String, _ net: Net) throws -> [() throws -> Void] {
    var steps: [() throws -> Void] = []
    for (index, layer) in net.layers.enumerated() {
      guard let stateful = layer as? any StatefulLayer,
        let record = checkpoint.content.records[Checkpoint.Section.layer(name, index)]
      else { continue }
      let state = try LayerState(record)
      steps.append { try stateful.restore(state) }
    }
    guard let cursors = checkpoint.content.records[Checkpoint.Section.cursors(name)] else { return steps }
    steps.append { [self] in
      for (key, value) in cursors.integers {
        guard let index = Int(key), net.layers.indices.contains(index) else { continue }
        let (goal, now) = (UInt64(bitPattern: value), net.batchesRead[index, default: 0])
        if goal >= now {
          net.skip(batches: goal - now, layer: index)
        } else {
          warn(
            "layer \"\(net.layers[index].name)\" has read \(now) batches already, more than the \(goal) of the "
              + "checkpoint: it goes on where it is; restore into a new solver to repeat the training exactly")
        }
      }
    }
    return steps
  }

  /// Errors for what can't be gone on with, warnings for what makes the training another one.
  private func checkOrigin(_ checkpoint: Checkpoint) throws {
    let run = checkpoint.run
    let own = (type: type(of: rule).typeName, name: net.name)
    let (storedType, storedNet) = (try run.text("solver_type"), try run.text("net"))
    guard storedType == own.type else {
      throw CaffeError(
        .value,
        "the state is of a solver of type \"\(storedType)\", but this solver is of type \"\(own.type)\": what they remember "
          + "means different things; use the type that wrote it, or give the weights to --weights")
    }
    let hash = UInt64(bitPattern: try run.integer("net_hash"))
    let parameters = UInt64(bitPattern: try run.integer("parameters_hash"))
    let nets =
      "the net \"\(storedNet)\" (\(String(hash, radix: 16))), and this solver trains \"\(own.name)\" "
      + "(\(String(netHash, radix: 16)))"
    guard parameters == parametersHash else {
      throw CaffeError(
        .shape,
        "the state is of \(nets), whose parameters have other names or shapes; use the net that wrote it, or give the "
          + "weights to --weights")
    }
    if hash != netHash { warn("the state is of \(nets): the training won't go on exactly as it would have") }
    if try checkpoint.seed() != context.random.seed {
      warn(
        "the state is of a run with the seed \(try checkpoint.seed()), and this one has \(context.random.seed): what data "
          + "layers choose at random differs")
    }
  }
}

extension CheckpointRecord {
  /// What a layer carries, as a record.
  init(_ state: LayerState) {
    self.init(integers: ["streams": Int64(state.streams.count), "arrays": Int64(state.arrays.count)])
    for (index, stream) in state.streams.enumerated() {
      integers["seed\(index)"] = Int64(bitPattern: stream.seed)
      integers["stream\(index)"] = Int64(bitPattern: stream.stream)
      integers["position\(index)"] = Int64(bitPattern: stream.position)
    }
    for (index, values) in state.arrays.enumerated() { arrays[String(index)] = values }
  }
}

extension LayerState {
  /// What a layer carries, from its record.
  init(_ record: CheckpointRecord) throws {
    self.init()
    for index in 0..<max(0, try record.integer("streams")) {
      streams.append(
        RandomStream.State(
          seed: UInt64(bitPattern: try record.integer("seed\(index)")),
          stream: UInt64(bitPattern: try record.integer("stream\(index)")),
          position: UInt64(bitPattern: try record.integer("position\(index)"))))
    }
    for index in 0..<max(0, try record.integer("arrays")) {
      guard let values = record.arrays[String(index)] else {
        throw CaffeError(.corrupt, "the checkpoint lacks values of a layer; go on from another one")
      }
      arrays.append(values)
    }
  }
}
