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
    _ step: UpdateStep, iteration: Int, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int,
    engine: any Engine
  ) {
    var step = step
    step.rate *= 1.001
    right.update(
      step, iteration: iteration, weights: weights, gradient: gradient, histories: histories, count: count,
      engine: engine)
  }
}

/// Makes one value of every update a little wrong: of the weights, or of what is remembered.
private final class Saboteur: EngineListener {
  private let target: Int

  init(target: Int) { self.target = target }

  func finished(_ operation: EngineOperation, writing buffers: [Buffer?]) {
    guard operation == .update, let buffer = buffers[min(target, buffers.count - 1)] else { return }
    buffer[buffer.count / 2] *= 1.002
  }
}

/// The check of whole trainings itself; the walk over the reference cases runs them all.
struct SolverReferenceTests {
  private static let fixtures = SolverCases.all(in: ReferenceFolder.fixtures + "/solvers")

  @Test func thereAreCases() {
    let names = Self.fixtures.map { URL(fileURLWithPath: $0).lastPathComponent }
    #expect(names.filter { $0.hasPrefix("sgd_") }.count >= 9)
    #expect(names.contains("snapshot_hdf5"))
    #expect(Set(["nesterov", "adagrad", "rmsprop", "adadelta", "adam", "legacy_enum"]).isSubset(of: names))
  }

  @Test func aSlightlyWrongRuleFails() throws {
    let folder = ReferenceFolder.fixtures + "/solvers/sgd_fixed"
    let outcome = SolverCases.run(folder: folder, engine: ReferenceEngine(), rules: [SlightlyWrongRule.self])
    #expect(outcome.verdict == .failed)
    #expect((outcome.difference ?? 0) > 1)
  }

  @Test(arguments: ["nesterov", "adagrad", "rmsprop", "adadelta", "adam", "legacy_enum"])
  func aSlightlyWrongUpdateFails(name: String) {
    let folder = ReferenceFolder.fixtures + "/solvers/\(name)"
    // Buffers: weights, gradient, the first history, the second one.
    for target in [0, 2, 3] {
      let engine = ForwardingEngine(ReferenceEngine(), listener: Saboteur(target: target))
      #expect(SolverCases.run(folder: folder, engine: engine).verdict == .failed, "\(target)")
    }
  }

  @Test func aTypeThatIsNotThereIsSkipped() {
    let folder = ReferenceFolder.fixtures + "/solvers/sgd_fixed"
    let outcome = SolverCases.run(folder: folder, engine: ReferenceEngine(), rules: [])
    #expect(outcome.line == "reference sgd_fixed reference skipped - no solver type SGD")
  }
}
