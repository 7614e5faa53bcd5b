import CaffeNet

/// What a solver is asked to do between two iterations, by a signal for example.
public enum SolverRequest: Hashable, Sendable {
  /// Nothing: go on.
  case none
  /// Take a snapshot and go on.
  case snapshot
  /// Take the snapshot that ends a training, and stop.
  case stop
}

/// How a training ended.
public enum SolverOutcome: Hashable, Sendable {
  /// After `max_iter` iterations.
  case finished
  /// Since it was asked to stop, by a signal for example.
  case interrupted
  /// Since a test output was no longer getting better: see `EarlyStop`.
  case earlyStopped
}

/// A number that an output of a net gave.
public struct OutputValue: Hashable, Sendable {
  /// The blob's name.
  public let name: String
  /// The value; in a test run the mean over its batches.
  public let value: Float
  /// Its weight in the loss, 0 where it isn't part of it.
  public let lossWeight: Float
}

/// What the log shows of a training iteration.
public struct TrainingReport: Sendable {
  /// The iteration.
  public let iteration: Int
  /// The loss, averaged as `average_loss` says.
  public let loss: Float
  /// The learning rate.
  public let rate: Float
  /// Iterations a second since the last report; 0 in the first.
  public let iterationsPerSecond: Float
  /// What the outputs gave.
  public let outputs: [OutputValue]
}

/// What the log shows of a test run.
public struct TestReport: Sendable {
  /// The iteration before which it was.
  public let iteration: Int
  /// Which test net.
  public let testNet: Int
  /// The mean loss, where `test_compute_loss` asks for it.
  public let loss: Float?
  /// What the outputs gave in the mean.
  public let outputs: [OutputValue]
}

/// The files of a snapshot.
public struct SnapshotFiles: Hashable, Sendable {
  /// The iteration.
  public let iteration: Int
  /// The weights.
  public let model: String
  /// The averaged weights, where `ema_decay` asks for them.
  public let averagedModel: String?
  /// What else the solver needs to go on.
  public let state: String
  /// What the original's files forget.
  public var checkpoint: String { Checkpoint.name(beside: state) }
}

/// Something that follows a training: progress displays, event files, gradient averaging.
///
/// An error that it throws ends the training.
public protocol SolverObserver: AnyObject {
  /// An iteration begins; gradients are zero.
  func solverBeginsIteration(_ solver: Solver) throws
  /// The gradients are there, not yet scaled, and the update comes next; an observer may change them.
  func solverHasGradients(_ solver: Solver) throws
  /// An iteration was displayed.
  func solver(_ solver: Solver, displayed report: TrainingReport) throws
  /// A test run was done.
  func solver(_ solver: Solver, tested report: TestReport) throws
  /// A snapshot was written.
  func solver(_ solver: Solver, wrote snapshot: SnapshotFiles) throws
}

extension SolverObserver {
  /// Does nothing.
  public func solverBeginsIteration(_ solver: Solver) throws {}
  /// Does nothing.
  public func solverHasGradients(_ solver: Solver) throws {}
  /// Does nothing.
  public func solver(_ solver: Solver, displayed report: TrainingReport) throws {}
  /// Does nothing.
  public func solver(_ solver: Solver, tested report: TestReport) throws {}
  /// Does nothing.
  public func solver(_ solver: Solver, wrote snapshot: SnapshotFiles) throws {}
}
