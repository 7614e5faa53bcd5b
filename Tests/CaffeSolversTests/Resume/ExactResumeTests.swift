import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Trainings that are interrupted between their regular snapshots and go on: weights, histories, checkpoints and log lines are those
/// of the unbroken run, bit for bit.
struct ExactResumeTests {
  private static let iterations = 12
  private static let fields = """
    net: "net.prototxt" average_loss: 3 display: 1 test_iter: 2 test_interval: 3 snapshot: 5 snapshot_prefix: "run" \
    max_iter: \(iterations)
    """

  /// A case on an engine, in a folder of its own.
  private struct Run {
    let training: TinyTraining
    let resumeCase: ResumeCase
    let engine: any Engine

    init(_ resumeCase: ResumeCase, _ engine: any Engine) throws {
      training = try TinyTraining(net: resumeCase.net)
      (self.resumeCase, self.engine) = (resumeCase, engine)
      try resumeCase.files(training.folder)
    }

    func solver() throws -> Solver {
      let own = resumeCase.fields
      let rate = own.contains("base_lr") ? "" : "base_lr: 0.02 "
      let policy = own.contains("lr_policy") ? "" : #"lr_policy: "fixed" "#
      var context = training.context
      context.engine = engine
      let file = try NetReader.parseSolver(text: "\(ExactResumeTests.fields) \(rate)\(policy)\(own)")
      let solver = try Solver(file.solver, context: context)
      for net in [solver.net] + solver.testNets {
        try (net.layer(named: "data") as? MemoryDataLayer)?.setData(
          (0..<30).map { Float($0 % 7) * 0.1 }, labels: (0..<10).map { Float($0 % 5) })
      }
      return solver
    }

    func state(_ iteration: Int) -> String {
      "run_iter_\(iteration).solverstate" + (resumeCase.fields.contains("HDF5") ? ".h5" : "")
    }

    /// Trains from the snapshot of `start`, if any, to `end`, where it is interrupted if that isn't the last iteration.
    func train(from start: Int?, to end: Int) throws {
      let solver = try solver()
      solver.nextRequest = { solver.iteration == end && end < ExactResumeTests.iterations ? .stop : .none }
      let outcome = try solver.solve(resuming: start.map(state))
      #expect(outcome == (end < ExactResumeTests.iterations ? .interrupted : .finished))
      #expect(solver.iteration == end)
    }

    /// The files of the last snapshot.
    func results() throws -> [String: Data] {
      let names = training.folder.names.filter { $0.hasPrefix("run_iter_\(ExactResumeTests.iterations)") }
      let files = try names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: training.folder.file($0)))) }
      return Dictionary(uniqueKeysWithValues: files)
    }

    /// The numbers logged since line `first`, without times.
    func numbers(since first: Int) -> [String] {
      let sources = ["solver.cpp:239", "solver.cpp:258", "solver.cpp:327", "solver.cpp:347", "solver.cpp:414"]
      let lines = training.log.lines.dropFirst(first)
        .filter {
          sources.contains($0.source) || $0.source.hasPrefix("sgd_solver.cpp:1") || $0.text.contains("output #")
        }
      return lines.map { $0.text.replacing(/\([^)]*iter\/s[^)]*\)/, with: "") }
    }
  }

  private func check(_ resumeCase: ResumeCase) throws {
    for engine in TestEngines.all {
      let run = try Run(resumeCase, engine)
      try run.train(from: nil, to: Self.iterations)
      let (expected, numbers) = (try run.results(), run.numbers(since: 0))
      #expect(expected.count >= 3 && numbers.count > 3 * Self.iterations, "\(numbers)")

      let lines = run.training.log.lines.count
      // 6 is where a test is due; 5 and 10 are the regular snapshots.
      for (start, end) in [(nil, 2), (2, 6), (6, 7), (7, 11), (11, Self.iterations)] as [(Int?, Int)] {
        try run.train(from: start, to: end)
      }
      let results = try run.results()
      for (name, content) in expected { #expect(results[name] == content, "\(name) on \(engine.name)") }
      #expect(run.numbers(since: lines) == numbers, "\(engine.name)")
    }
  }

  @Test(arguments: ResumeCase.layers) func whatLayersCarryGoesOn(resumeCase: ResumeCase) throws {
    try check(resumeCase)
  }

  @Test(arguments: ResumeCase.solvers) func whatSolversRememberGoesOn(resumeCase: ResumeCase) throws {
    try check(resumeCase)
  }

  @Test(arguments: ResumeCase.sources) func whatIsReadGoesOn(resumeCase: ResumeCase) throws { try check(resumeCase) }

  /// The cases are of use only if something is lost without a checkpoint.
  @Test(arguments: ResumeCase.layers + ResumeCase.solvers + ResumeCase.sources)
  func withoutTheCheckpointTheCasesAreOthers(resumeCase: ResumeCase) throws {
    let run = try Run(resumeCase, ReferenceEngine())
    try run.train(from: nil, to: Self.iterations)
    let expected = try run.results()
    try FileManager.default.removeItem(atPath: run.training.folder.file("run_iter_5.checkpoint"))
    try run.train(from: 5, to: Self.iterations)
    let results = try run.results()
    let isSame = expected.allSatisfy { $0.key.contains("checkpoint") || results[$0.key] == $0.value }
    #expect(isSame != resumeCase.needsCheckpoint)
  }

  /// A solver that has already trained may go on from a later snapshot: what its data layers have read is behind it.
  @Test(arguments: ResumeCase.sources) func aSolverInUseGoesForward(resumeCase: ResumeCase) throws {
    let run = try Run(resumeCase, ReferenceEngine())
    try run.train(from: nil, to: Self.iterations)
    let expected = try run.results()
    let solver = try run.solver()
    try solver.restore(from: run.state(5))
    try solver.restore(from: run.state(10))
    try solver.solve()
    #expect(try run.results() == expected)

    let used = try run.solver()
    try used.step(2)
    try used.solve(resuming: run.state(5))
    #expect(try run.results() == expected)
  }
}
