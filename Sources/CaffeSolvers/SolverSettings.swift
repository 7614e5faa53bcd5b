import CaffeCore
import CaffeProto

/// What a solver's message says, checked and with defaults filled in.
struct SolverSettings {
  let ratePolicy: RatePolicy
  let warmUp: WarmUp
  var baseRate: Float
  let weightDecay: Float
  let regularization: UpdateStep.Regularization
  /// The largest norm of all gradients together, if there is a limit.
  let clipNorm: Float?
  let maximumIteration: Int
  let batchesPerUpdate: Int
  let averagedLosses: Int
  let display: Int
  let testInterval: Int
  let testIterations: [Int]
  let testsFirst: Bool
  let testComputesLoss: Bool
  let snapshotInterval: Int
  let snapshotPrefix: String
  let snapshotAfterTraining: Bool
  let snapshotGradients: Bool
  let isHDF5: Bool
  let debugInfo: Bool

  init(_ solver: SolverParameter) throws {
    guard solver.hasBaseLr else {
      throw CaffeError(
        .field, "the solver has no base_lr, and a rate of 0 learns nothing; give a learning rate, often 0.01")
    }
    baseRate = try SolverSettings.amount(solver.baseLr, "base_lr")
    ratePolicy = try RatePolicy(solver)
    warmUp = try WarmUp(solver)
    weightDecay = try SolverSettings.amount(solver.weightDecay, "weight_decay")
    regularization = try SolverSettings.regularization(solver.regularizationType)
    clipNorm = solver.clipGradients < 0 ? nil : try SolverSettings.amount(solver.clipGradients, "clip_gradients")
    maximumIteration = try SolverSettings.count(solver.maxIter, "max_iter")
    batchesPerUpdate = try SolverSettings.count(solver.iterSize, "iter_size", from: 1)
    averagedLosses = try SolverSettings.count(solver.averageLoss, "average_loss", from: 1)
    display = try SolverSettings.count(solver.display, "display")
    testInterval = try SolverSettings.count(solver.testInterval, "test_interval")
    testIterations = try solver.testIter.map { try SolverSettings.count($0, "test_iter") }
    testsFirst = solver.testInitialization
    testComputesLoss = solver.testComputeLoss
    snapshotInterval = try SolverSettings.count(solver.snapshot, "snapshot")
    snapshotPrefix = solver.snapshotPrefix
    snapshotAfterTraining = solver.snapshotAfterTrain
    snapshotGradients = solver.snapshotDiff
    isHDF5 = solver.snapshotFormat == .hdf5
    debugInfo = solver.debugInfo
    guard snapshotInterval == 0 || solver.hasSnapshotPrefix else {
      throw CaffeError(
        .field, "the solver asks for snapshots, but has no snapshot_prefix; say how their file names begin")
    }
  }

  /// Whether `iteration` is one that happens every `interval`; 0 for never.
  static func isDue(_ iteration: Int, every interval: Int) -> Bool {
    interval > 0 && iteration % interval == 0
  }

  /// The number of test runs of a training that has come to `iteration`, before the one that may be due there.
  func testsDone(before iteration: Int) -> Int {
    guard testInterval > 0, iteration > 0 else { return 0 }
    return (iteration - 1) / testInterval + (testsFirst ? 1 : 0)
  }

  private static func count(_ value: Int32, _ field: String, from least: Int32 = 0) throws -> Int {
    guard value >= least else {
      throw CaffeError(.value, "\(field): \(value) in the solver; give \(least) or more")
    }
    return Int(value)
  }

  private static func amount(_ value: Float, _ field: String) throws -> Float {
    guard value >= 0, value.isFinite else {
      throw CaffeError(.value, "\(field): \(value.general) in the solver; give a finite number, 0 or more")
    }
    return value
  }

  private static func regularization(_ name: String) throws -> UpdateStep.Regularization {
    switch name {
    case "L1": return .l1
    case "L2": return .l2
    default:
      throw CaffeError(.value, "there is no regularization_type \"\(name)\"; there are \"L1\" and \"L2\"")
    }
  }
}
