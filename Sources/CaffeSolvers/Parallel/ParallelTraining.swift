import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

/// Trains one net on several engines at once, each rank a thread with batches of its own; gradients are averaged before each update, so
/// all ranks have the same weights all the time.
///
/// Rank 0 is the solver that is given: it tests, displays and writes snapshots, and the others follow it. A batch of the whole is as many
/// times `batch_size` as there are ranks.
///
/// Source: Caffe's NCCL class (parallel.cpp).
public final class ParallelTraining {
  /// How a rank's solver and its communicator are made, on the rank's own thread.
  public struct Makers {
    /// Makes the solver of a rank but 0, restored as that of rank 0 was.
    public var solver: @Sendable (_ rank: Int) throws -> Solver
    /// Has a solver's engine join the others; all ranks are called at the same time. The second part ends what ranks wait for.
    public var communicator:
      @Sendable (_ rank: Int, _ solver: Solver) throws -> (any Communicator, abort: @Sendable () -> Void)

    /// Makes makers.
    public init(
      solver: @escaping @Sendable (_ rank: Int) throws -> Solver,
      communicator:
        @escaping @Sendable (_ rank: Int, _ solver: Solver) throws -> (
          any Communicator, abort: @Sendable () -> Void
        )
    ) {
      self.solver = solver
      self.communicator = communicator
    }
  }

  private let solver: Solver
  private let count: Int
  private let makers: Makers
  private let gate = RankGate()
  private let running = DispatchGroup()

  /// Prepares a training of `count` ranks.
  ///
  /// - Throws: `CaffeError` for solvers whose rate follows from the loss, which is another one on each rank.
  public init(_ solver: Solver, count: Int, _ makers: Makers) throws {
    self.solver = solver
    self.count = count
    self.makers = makers
    guard solver.plateau == nil else {
      throw CaffeError(
        .unsupported,
        "lr_policy \"plateau\" follows the loss, and each GPU has its own; train on one GPU, or use another policy")
    }
    guard solver.nonFinitePolicy != .skip else {
      throw CaffeError(.unsupported, "updates can't be left out on one GPU of several; use --on-nan=stop or warn")
    }
  }

  /// Runs `body`, which trains the solver, with all other ranks following.
  ///
  /// - Throws: What `body` throws, and the first error of another rank.
  public func following<Result>(_ body: () throws -> Result) throws -> Result {
    for rank in 1..<count { start(rank) }
    defer { running.wait() }
    do {
      try gate.waitUntilReady(count)
      let averaging = try join(0, solver)
      let leader = Leader(gate)
      solver.observers = [leader] + solver.observers + [averaging]
      defer {
        solver.observers.removeAll { $0 === leader || $0 === averaging }
        solver.net.gradientHook = nil
      }
      let result = try body()
      gate.end()
      if let error = gate.error { throw error }
      return result
    } catch {
      let first = gate.error
      gate.fail(error)
      throw first ?? error
    }
  }

  /// Joins the others and takes over what rank 0 has.
  private func join(_ rank: Int, _ solver: Solver) throws -> GradientAveraging {
    let (communicator, abort) = try makers.communicator(rank, solver)
    gate.onAbort(abort)
    try communicator.broadcast(solver.net.learnable.map(\.blob.data) + solver.histories.map(\.data))
    // Others may wait for this one before it asks for anything else.
    solver.context.engine.submit()
    return GradientAveraging(communicator, for: solver)
  }

  private func start(_ rank: Int) {
    running.enter()
    let (gate, count, running) = (gate, count, running)
    nonisolated(unsafe) let training = self
    let thread = Thread {
      defer { running.leave() }
      do {
        try training.follow(rank, gate, count)
      } catch {
        gate.fail(ParallelTraining.named(error, rank))
      }
    }
    thread.name = "caffe rank \(rank)"
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func follow(_ rank: Int, _ gate: RankGate, _ count: Int) throws {
    let solver = try makers.solver(rank)
    try gate.waitUntilReady(count)
    solver.observers.append(try join(rank, solver))
    solver.nextRequest = { [unowned solver] in gate.wait(for: solver.iteration + 1) ? .none : .stop }
    guard gate.wait(for: solver.iteration + 1) else { return }
    try solver.step(Int(Int32.max) - solver.iteration)
  }

  private static func named(_ error: any Error, _ rank: Int) -> any Error {
    guard var named = error as? CaffeError else { return error }
    named.message = "GPU number \(rank) of the training: \(named.message)"
    return named
  }

  /// Lets the other ranks do what rank 0 does.
  private final class Leader: SolverObserver {
    private let gate: RankGate

    init(_ gate: RankGate) { self.gate = gate }

    func solverBeginsIteration(_ solver: Solver) throws { try gate.begin(solver.iteration + 1) }
  }
}

extension SolverParameter {
  /// What a rank but 0 does of a training: the updates, nothing else.
  public var following: SolverParameter {
    var parameter = self
    parameter.testNet = []
    parameter.testNetParam = []
    parameter.testIter = []
    parameter.testState = []
    parameter.testInterval = 0
    parameter.display = 0
    parameter.snapshot = 0
    parameter.snapshotAfterTrain = false
    parameter.snapshotPrefix = ""
    parameter.weights = []
    parameter.debugInfo = false
    return parameter
  }
}
