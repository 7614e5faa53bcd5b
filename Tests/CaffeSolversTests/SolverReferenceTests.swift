import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// An update that is off by one part in a thousand.
private struct SlightlyWrongRule: UpdateRule {
  static let typeName = "SGD"
  private let right: SGDRule

  init(_ solver: SolverParameter) throws { right = try SGDRule(solver) }

  var historiesPerParameter: Int { right.historiesPerParameter }

  func update(
    _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int, engine: any Engine
  ) {
    var step = step
    step.rate *= 1.001
    right.update(
      step, weights: weights, gradient: gradient, histories: histories, count: count, engine: engine)
  }
}

/// Whole trainings beside those of the original: weights, history, log, and going on from its snapshots.
struct SolverReferenceTests {
  private static let fixtures = SolverCases.all(in: ReferenceFolder.fixtures + "/solvers")

  @Test(arguments: fixtures) func agreesWithTheOriginal(folder: String) {
    for engine in TestEngines.all {
      let outcome = SolverCases.run(folder: folder, engine: engine)
      print(outcome.line)
      #expect(outcome.verdict != .failed, "\(outcome.line)")
    }
  }

  @Test func thereAreCases() {
    let names = Self.fixtures.map { URL(fileURLWithPath: $0).lastPathComponent }
    #expect(names.filter { $0.hasPrefix("sgd_") }.count >= 9)
    #expect(names.contains("snapshot_hdf5"))
  }

  @Test func aSlightlyWrongRuleFails() throws {
    let folder = ReferenceFolder.fixtures + "/solvers/sgd_fixed"
    let outcome = SolverCases.run(folder: folder, engine: ReferenceEngine(), rules: [SlightlyWrongRule.self])
    #expect(outcome.verdict == .failed)
    #expect((outcome.difference ?? 0) > 1)
  }

  @Test func aTypeThatIsNotThereIsSkipped() {
    let folder = ReferenceFolder.fixtures + "/solvers/sgd_fixed"
    let outcome = SolverCases.run(folder: folder, engine: ReferenceEngine(), rules: [])
    #expect(outcome.line == "reference sgd_fixed reference skipped - no solver type SGD")
  }
}
