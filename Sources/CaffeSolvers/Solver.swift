import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

/// Trains a net: one loop for all update rules.
///
/// ```swift
/// let solver = try Solver(file: "examples/mnist/lenet_solver.prototxt", context: context)
/// try solver.solve()
/// ```
///
/// Making one reads and builds the training net and the test nets, and loads the files of `weights`. `solve` trains to
/// `max_iter` with tests, snapshots and log lines on the way; `step` trains some iterations. Not thread-safe: one thread at
/// a time.
public final class Solver {
  /// The message, as it was given.
  public let parameter: SolverParameter
  /// The net that is trained.
  public let net: Net
  /// The nets that are tested; they use the parameters of `net`.
  public let testNets: [Net]
  /// How weights follow from gradients.
  public let rule: any UpdateRule
  /// How the learning rate follows from the iteration.
  public let ratePolicy: RatePolicy
  /// The number of updates done.
  public internal(set) var iteration = 0
  /// What follows the training.
  public var observers: [any SolverObserver] = []
  /// Asked after each iteration and each test batch whether there is something to do; a signal handler's flag, for example.
  ///
  /// It must not give the same request twice: what it returns is done at once.
  public var nextRequest: () -> SolverRequest = { .none }
  /// What happens when the loss or a gradient is no finite number.
  public var nonFinitePolicy = NonFinitePolicy.stop

  var settings: SolverSettings
  let context: Context
  /// What the rule remembers: the first array of every parameter, then the second of every parameter, as in files.
  let histories: [Blob]
  /// The same by parameter.
  let historiesOfParameter: [[Buffer]]
  /// What the policy `plateau` has seen.
  let plateau: Plateau?
  /// The average of the weights, where `ema_decay` asks for one.
  let average: WeightAverage?
  /// What the early stop has seen.
  var earlyStopping: EarlyStopping?
  /// Whether it has ended the training.
  var isEarlyStopped = false
  var averageLoss: LossAverage
  var averageStart = 0
  /// The losses that a checkpoint held, and the iteration from which they are counted, for the next `step`.
  var resumedAverage: (losses: LossAverage, start: Int)?
  /// What test runs change, as it was before the one that the last iteration has not followed yet.
  var testStart: TestStart?
  /// Losses that the engine has been asked for and nobody has read.
  private(set) lazy var pendingLosses = PendingLosses(net)
  var nonFiniteCount = NonFiniteCount()
  /// The softmax losses up to now, by layer.
  var stuckLosses: [Int: StuckLoss] = [:]
  var isStopping = false
  /// Whether any batch has been taken from the data layers.
  var hasComputed = false
  var stopwatch = Stopwatch()
  var dataWait = DataWait()

  /// Builds the nets.
  ///
  /// - Parameters:
  ///   - parameter: The solver, in today's form. `random_seed`, if it isn't negative, replaces the context's random source.
  ///   - layerLocations: Where the layers of nets written in place stand, as `NetReader.readSolver` gives them.
  ///   - context: The engine and so on; its phase doesn't matter.
  ///   - unknownFields: What to do with unknown fields in the nets' files.
  ///   - mismatch: What to do with a parameter of `weights` whose shape isn't the net's.
  ///   - rules: The update rules that `type` can name.
  /// - Throws: `CaffeError` when a field is wrong, a net cannot be built, weights don't fit, or no snapshot could be written
  ///   where `snapshot_prefix` says.
  public init(
    _ parameter: SolverParameter, layerLocations: [String: [FileLocation]] = [:], context: Context,
    unknownFields: UnknownFieldPolicy = .error, mismatch: WeightsMismatchPolicy = .error,
    rules: [any UpdateRule.Type] = UpdateRules.standard
  ) throws {
    context.logger.info("Initializing solver from parameters: \n\(parameter.prototxt())", at: "solver.cpp:45")
    self.parameter = parameter
    settings = try SolverSettings(parameter)
    rule = try UpdateRules.rule(for: parameter, among: rules)
    ratePolicy = settings.ratePolicy
    averageLoss = LossAverage(size: settings.averagedLosses)
    if case .plateau(let plateauSettings) = ratePolicy { plateau = Plateau(plateauSettings) } else { plateau = nil }
    var context = context
    if parameter.randomSeed >= 0 { context.random = RandomSource(seed: UInt64(parameter.randomSeed)) }
    self.context = context
    try SnapshotPlace(settings.snapshotPrefix, context).check(isNeeded: settings.snapshotInterval > 0)

    let nets = SolverNets(
      solver: parameter, layerLocations: layerLocations, context: context, unknownFields: unknownFields)
    net = try nets.trainingNet()
    average = try WeightAverage(parameter, net: net, engine: context.engine)
    try Solver.loadWeights(parameter.weights, into: net, mismatch)
    testNets = try nets.testNets(following: net)
    for testNet in testNets {
      try Solver.loadWeights(parameter.weights, into: testNet, mismatch)
      // From here on there is one set of parameters.
      try testNet.shareTrainedLayers(with: net)
    }
    let parameters = net.learnable
    let histories = (0..<rule.historiesPerParameter).flatMap { _ in parameters.map { Blob($0.blob.shape) } }
    self.histories = histories
    historiesOfParameter = parameters.indices.map { index in
      stride(from: index, to: histories.count, by: parameters.count).map { histories[$0].data }
    }
    try checkSnapshotForm()
    context.logger.info("Solver scaffolding done.", at: "solver.cpp:57")
  }

  /// Has all nets use memory again for values and gradients of blobs that are no longer needed; see `ActivationMemory`.
  ///
  /// What was trained is the same to the bit. An observer then sees parameters, losses, inputs and outputs, but nothing in between.
  public func reuseActivationMemory() {
    let arena = MemoryArena()
    net.setActivationMemory(.reusedByTraining, in: arena)
    for testNet in testNets { testNet.setActivationMemory(.reusedByForward, in: arena) }
  }

  /// Checks that the nets and histories can be written in the form that the solver asks for.
  private func checkSnapshotForm() throws {
    let isWanted = settings.snapshotInterval > 0 || settings.snapshotAfterTraining
    guard isWanted, !settings.snapshotPrefix.isEmpty else { return }
    try net.checkWritable(settings.isHDF5 ? .hdf5 : .binary, includingGradients: settings.snapshotGradients)
    guard !settings.isHDF5 else { return }
    try WeightsFormat.checkBinary("the solver state", values: histories.reduce(0) { $0 + $1.count })
  }

  /// Reads a solver's prototxt and builds its nets.
  ///
  /// - Parameters:
  ///   - file: The file; a relative path counts from the context's base folder, as do the paths in it.
  ///   - context: The engine and so on; its phase doesn't matter.
  ///   - unknownFields: What to do with unknown fields in the solver's and the nets' files.
  /// - Throws: `CaffeError` with file, line and column.
  public convenience init(file: String, context: Context, unknownFields: UnknownFieldPolicy = .error) throws {
    let path = context.path(file)
    let read = try NetReader.readSolver(file: path, unknownFields: unknownFields, notes: { context.log($0) })
    do {
      try self.init(
        read.solver, layerLocations: read.layerLocations, context: context, unknownFields: unknownFields)
    } catch var error as CaffeError {
      if error.location == nil, error.layer == nil { error.location = FileLocation(file: file) }
      throw error
    }
  }

  /// Loads each of the comma-separated files of each entry.
  private static func loadWeights(_ lists: [String], into net: Net, _ mismatch: WeightsMismatchPolicy) throws {
    for part in lists.flatMap({ $0.split(separator: ",") }) {
      let file = part.trimmingCharacters(in: .whitespaces)
      net.context.logger.info("Finetuning from \(file)", at: "solver.cpp:72")
      try net.loadWeights(file: file, mismatch: mismatch)
    }
  }
}
