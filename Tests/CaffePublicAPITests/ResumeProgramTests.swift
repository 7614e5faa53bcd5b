import Caffe
import Foundation
import Testing

/// A program that goes on from its newest snapshot, as `Documentation/Snapshots.md` shows it.
struct ResumeProgramTests {
  /// Counts updates of all runs, by way of the checkpoint.
  private final class UpdateCounter: SolverObserver, CheckpointedState {
    private(set) var count = 0
    let checkpointName = "update_counter"

    func solverHasGradients(_ solver: Solver) { count += 1 }
    func checkpoint() -> CheckpointRecord { CheckpointRecord(integers: ["count": Int64(count)]) }
    func restoration(of record: CheckpointRecord) throws -> () -> Void {
      let count = Int(try record.integer("count"))
      return { [self] in self.count = count }
    }
    func reset() { count = 0 }
  }

  private static let solver = """
    net_param {
      name: "noisy"
      layer {
        name: "data" type: "DummyData" top: "x" top: "t"
        dummy_data_param { shape { dim: 4 dim: 3 } data_filler { type: "gaussian" } }
      }
      layer {
        name: "y" type: "InnerProduct" bottom: "x" top: "y"
        inner_product_param { num_output: 3 weight_filler { type: "xavier" } }
      }
      layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
    }
    base_lr: 0.01 momentum: 0.9 lr_policy: "fixed" max_iter: 20 snapshot: 5 snapshot_prefix: "run"
    """

  /// Trains in `folder` until `end`, from the newest snapshot or from the beginning.
  private func program(in folder: URL, until end: Int, seed: UInt64) throws -> (Solver, UpdateCounter, SolverOutcome) {
    var context = Context(phase: .train, seed: seed)
    context.baseFolder = folder.path
    let lock = try SnapshotLock(prefix: "run", context: context)
    defer { withExtendedLifetime(lock) {} }
    let state = SnapshotFolder(prefix: "run", context: context).newestWhole()
    if let state, let seed = try SnapshotFolder.seed(of: state, context: context) {
      context.random = RandomSource(seed: seed)
    }
    let solver = try Solver(file: "solver.prototxt", context: context)
    let counter = UpdateCounter()
    solver.observers = [counter, SnapshotRetention(last: 2)]
    solver.nextRequest = { solver.iteration == end ? .stop : .none }
    let outcome = try solver.solve(resuming: state)
    return (solver, counter, outcome)
  }

  private func makeFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "caffe-program-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Self.solver.write(to: folder.appending(path: "solver.prototxt"), atomically: true, encoding: .utf8)
    return folder
  }

  @Test func runAgainAndAgainItEndsAsOneRunDoes() throws {
    let (whole, broken) = (try makeFolder(), try makeFolder())
    defer { for folder in [whole, broken] { try? FileManager.default.removeItem(at: folder) } }
    let (expected, _, outcome) = try program(in: whole, until: -1, seed: 4)
    #expect(outcome == .finished)
    // Other seeds: that of the first run is kept.
    #expect(try program(in: broken, until: 3, seed: 4).2 == .interrupted)
    #expect(try program(in: broken, until: 12, seed: 5).2 == .interrupted)
    let (solver, counter, end) = try program(in: broken, until: -1, seed: 6)
    #expect(end == .finished && counter.count == 20)
    #expect(solver.net.learnable.map(\.blob.data.values) == expected.net.learnable.map(\.blob.data.values))
    let names = try FileManager.default.contentsOfDirectory(atPath: broken.path).sorted()
    #expect(
      names == [
        "run_iter_15.caffemodel", "run_iter_15.checkpoint", "run_iter_15.solverstate", "run_iter_20.caffemodel",
        "run_iter_20.checkpoint", "run_iter_20.solverstate", "solver.prototxt"
      ])
  }
}
