import CaffeCore
import CaffeNet
import CaffeProto

/// Finds and builds the nets that a solver names: the one that is trained, and any number that are tested.
struct SolverNets {
  let solver: SolverParameter
  /// Where the layers of nets written in place stand, by field.
  let layerLocations: [String: [FileLocation]]
  let context: Context
  let unknownFields: UnknownFieldPolicy

  /// Where the message of a net is from.
  private enum Source {
    case file(String, field: String)
    case inPlace(NetParameter, field: String)

    /// What the original's log calls it.
    var logName: String {
      switch self {
      case .file(let file, let field): "\(field) file: \(file)"
      case .inPlace(_, let field): field
      }
    }
  }

  // MARK: - The training net

  /// The message of the net that is trained, in its state.
  func trainingFile() throws -> NetFile {
    try read(trainingSource(), .train, state: solver.hasTrainState ? solver.trainState : nil)
  }

  /// Builds the net that is trained.
  func trainingNet() throws -> Net {
    let source = try trainingSource()
    switch source {
    case .file(_, field: "net"): info("Creating training net from \(source.logName)", at: "solver.cpp:102")
    case .file: info("Creating training net from \(source.logName)", at: "solver.cpp:92")
    case .inPlace(_, field: "net_param"):
      info("Creating training net specified in \(source.logName).", at: "solver.cpp:97")
    case .inPlace: info("Creating training net specified in \(source.logName).", at: "solver.cpp:88")
    }
    return try build(source, .train, state: solver.hasTrainState ? solver.trainState : nil)
  }

  private func trainingSource() throws -> Source {
    var sources = generalSource().map { [$0] } ?? []
    if solver.hasNet, solver.hasNetParam { sources.append(.file(solver.net, field: "net")) }
    if solver.hasTrainNet { sources.append(.file(solver.trainNet, field: "train_net")) }
    if solver.hasTrainNetParam { sources.append(.inPlace(solver.trainNetParam, field: "train_net_param")) }
    guard sources.count == 1 else {
      throw CaffeError(
        .field,
        "the solver names \(sources.isEmpty ? "no" : "more than one") net to train; "
          + "give one of net, net_param, train_net, train_net_param")
    }
    return sources[0]
  }

  /// The net that is used for training and testing.
  private func generalSource() -> Source? {
    if solver.hasNetParam { return .inPlace(solver.netParam, field: "net_param") }
    return solver.hasNet ? .file(solver.net, field: "net") : nil
  }

  // MARK: - The test nets

  /// The messages of the nets that are tested, in their states.
  func testFiles() throws -> [NetFile] {
    try testSources().enumerated().map { index, source in
      try read(source, .test, state: index < solver.testState.count ? solver.testState[index] : nil)
    }
  }

  /// Builds the nets that are tested, which follow the parameters of `training`.
  func testNets(following training: Net) throws -> [Net] {
    let sources = try testSources()
    if !solver.testState.isEmpty, solver.testState.count != sources.count {
      throw CaffeError(
        .field,
        "the solver has \(solver.testState.count) test_state for \(sources.count) test nets; "
          + "give none, or one for each")
    }
    guard sources.isEmpty || solver.testInterval > 0 else {
      throw CaffeError(
        .field, "the solver has \(sources.count) test nets, but no test_interval; say how often they are to be tested")
    }
    return try sources.enumerated().map { index, source in
      info("Creating test net (#\(index)) specified by \(source.logName)", at: "solver.cpp:190")
      if index < solver.testIter.count, solver.testIter[index] == 0 {
        context.logger.warning(
          "test_iter: 0: test net #\(index) isn't tested; give 1 or more, or leave test_iter out", at: "solver.cpp:190")
      }
      let net = try build(source, .test, state: index < solver.testState.count ? solver.testState[index] : nil)
      net.debugInfo = solver.debugInfo
      return net
    }
  }

  /// The nets of their own first; the rest of the `test_iter` are for the net that is also trained.
  private func testSources() throws -> [Source] {
    var sources: [Source] = solver.testNetParam.enumerated().map {
      .inPlace($0.element, field: "test_net_param[\($0.offset)]")
    }
    sources += solver.testNet.map { .file($0, field: "test_net") }
    let counts = "the solver has \(solver.testIter.count) test_iter for \(sources.count) test nets"
    guard let general = generalSource() else {
      guard solver.testIter.count == sources.count else {
        throw CaffeError(
          .field, "\(counts) (test_net, test_net_param); give one test_iter for each test net, or name the net by net")
      }
      return sources
    }
    guard solver.testIter.count >= sources.count else {
      throw CaffeError(.field, "\(counts) (test_net, test_net_param); give at least one test_iter for each")
    }
    sources += Array(repeating: general, count: solver.testIter.count - sources.count)
    return sources
  }

  // MARK: - Building

  private func build(_ source: Source, _ phase: Phase, state: NetState?) throws -> Net {
    let file = try read(source, phase, state: state)
    var context = context
    context.phase = file.net.state.phase
    return try Net(file.net, context: context, locations: file.layerLocations)
  }

  private func read(_ source: Source, _ phase: Phase, state: NetState?) throws -> NetFile {
    var file: NetFile
    switch source {
    case .inPlace(let net, let field): file = NetFile(net: net, layerLocations: layerLocations[field] ?? [])
    case .file(let path, _):
      file = try NetReader.readNet(
        file: context.path(path), unknownFields: unknownFields, notes: { [context] in context.log($0) })
    }
    file.net.state = SolverNets.merge(phase, file.net.state, state)
    return file
  }

  /// The solver's own phase, overridden by what the net's state says, and that by what the solver says for this net.
  private static func merge(_ phase: Phase, _ net: NetState, _ solver: NetState?) -> NetState {
    var merged = NetState()
    merged.phase = phase
    for state in [net, solver ?? NetState()] {
      if state.hasPhase { merged.phase = state.phase }
      if state.hasLevel { merged.level = state.level }
      merged.stage += state.stage
    }
    return merged
  }

  private func info(_ text: String, at source: LogSource) { context.logger.info(text, at: source) }
}
