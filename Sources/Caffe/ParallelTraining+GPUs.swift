import CaffeCUDAEngine
import CaffeCore
import CaffeSolvers

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
    let identifier = try NCCLCommunicator.Identifier(of: engines[0])
    let held = Engines(engines)
    try self.init(
      solver, count: engines.count,
      Makers(
        solver: { rank in try makeSolver(rank, held.engines[rank]) },
        communicator: { rank, _ in
          let communicator = try NCCLCommunicator(
            held.engines[rank], identifier, rank: rank, count: held.engines.count)
          return (communicator, abort: communicator.abort)
        }))
  }

  /// Each engine is used by the thread of its rank alone.
  private struct Engines: @unchecked Sendable {
    let engines: [CUDAEngine]
    init(_ engines: [CUDAEngine]) { self.engines = engines }
  }
}
