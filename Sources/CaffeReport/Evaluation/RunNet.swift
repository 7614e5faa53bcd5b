import CaffeCore
import CaffeNet
import CaffeProto
import CaffeRuns

/// The net of a recorded run, with the weights that it ended with.
public struct RunNet {
  /// The net, of phase TEST.
  public let net: Net
  /// The weights.
  public let weights: String
  /// The number of batches of its test set.
  public let batches: Int?

  /// Builds the net that a run's settings tell of.
  ///
  /// - Parameters:
  ///   - model: A net to take in its place.
  ///   - weights: Weights to take in place of the last snapshot's.
  ///   - context: Its base folder is where the run was started, unless it has one.
  /// - Throws: `CaffeError` when the run doesn't tell, or files are missing or don't fit.
  public init(of run: RunHistory, model: String? = nil, weights: String? = nil, context: Context) throws {
    var context = context
    context.phase = .test
    if context.baseFolder.isEmpty, let folder = run.settings?.folder { context.baseFolder = folder }
    guard let weights = weights ?? run.snapshots.last?.model else {
      throw CaffeError(.value, "the run tells of no snapshot; give its weights by --weights=FILE")
    }
    let solver = try run.settings.map { try NetReader.parseSolver(text: $0.solver, unknownFields: .lenient).solver }
    var message: NetParameter
    if let model {
      message = try NetReader.readNet(file: context.path(model)).net
    } else if let solver, let settings = run.settings {
      message = try RunNet.testNet(solver, settings, context)
    } else {
      throw CaffeError(.value, "the run doesn't tell of its net, as metrics files do; give it by --model=FILE")
    }
    message.state.phase = .test
    if let state = solver?.testState.first {
      if state.hasLevel { message.state.level = state.level }
      message.state.stage += state.stage
    }
    net = try Net(message, context: context)
    try net.loadWeights(file: weights)
    self.weights = weights
    batches = solver?.testIter.first.map(Int.init)
  }

  private static func testNet(
    _ solver: SolverParameter, _ settings: RunSettings, _ context: Context
  ) throws -> NetParameter {
    if let net = solver.testNetParam.first { return net }
    if let file = solver.testNet.first { return try NetReader.readNet(file: context.path(file)).net }
    if solver.hasNetParam { return solver.netParam }
    guard !settings.net.isEmpty else {
      throw CaffeError(.value, "the run doesn't tell of its net; give it by --model=FILE")
    }
    return try NetReader.parseNet(text: settings.net, fileName: solver.net).net
  }
}
