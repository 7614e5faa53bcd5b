import CaffeCUDAEngine
import CaffeCore
import CaffeSolvers
import Foundation

extension ParallelTraining {
  /// Prepares a training on several GPUs, whose gradients NCCL averages.
  ///
  /// ```swift
  /// let engines = try GPUs().engines(.all)
  /// let training = try ParallelTraining(solver, on: engines) { rank, engine in … }
  /// try training.following { try solver.solve() }
  /// ```
  ///
  /// - Parameters:
  ///   - solver: The solver of rank 0, made with the first of the engines.
  ///   - engines: One for each rank.
  ///   - makeSolver: Makes the solver of another rank with its engine, on its thread: of the same nets, restored from the same
  ///     snapshot; see `SolverParameter.following` and `Context.rank`.
  /// - Throws: `CaffeError` when NCCL isn't there, and for solvers that several GPUs can't train.
  public convenience init(
    _ solver: Solver, on engines: [CUDAEngine],
    makeSolver: @escaping @Sendable (_ rank: Int, _ engine: CUDAEngine) throws -> Solver
  ) throws {
    let held = Engines(engines)
    // All at once, before any rank begins: one that can't join is an error, and no other waits for it.
    let communicators = Communicators(try NCCLCommunicator.joining(engines))
    try self.init(
      solver, count: engines.count,
      Makers(
        solver: { rank in try makeSolver(rank, held.engines[rank]) },
        communicator: { rank, _ in
          let communicator = try communicators.take(rank)
          return (communicator, abort: communicator.abort)
        }))
  }

  /// Each engine is used by the thread of its rank alone.
  private struct Engines: @unchecked Sendable {
    let engines: [CUDAEngine]
    init(_ engines: [CUDAEngine]) { self.engines = engines }
  }

  /// Each communicator is used, and ended, by the thread of its rank alone, once that has taken it.
  private final class Communicators: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [NCCLCommunicator?]
    init(_ all: [NCCLCommunicator]) { self.all = all }

    func take(_ rank: Int) throws -> NCCLCommunicator {
      guard let communicator = lock.withLock({ all[rank].take() }) else {
        throw CaffeError(.unsupported, "a training on several GPUs can't be followed twice")
      }
      return communicator
    }
  }
}
