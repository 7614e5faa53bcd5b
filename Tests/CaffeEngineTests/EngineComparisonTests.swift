import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Foundation
import Testing

@Suite(.serialized)
struct EngineComparisonTests {
  @Test(arguments: EngineUnderTest.all)
  func agreesWithTheReferenceEngine(_ engine: EngineUnderTest) throws {
    expectAllPassed(
      EngineComparison.compare(try engine.make(), against: ReferenceEngine(), cases: EngineCase.small), engine)
  }

  @Test(.enabled(if: isOptimized, "large layers take minutes in a debug build"), arguments: EngineUnderTest.all)
  func agreesWithTheReferenceEngineOnLargeLayers(_ engine: EngineUnderTest) throws {
    expectAllPassed(
      EngineComparison.compare(try engine.make(), against: ReferenceEngine(), cases: EngineCase.large), engine)
  }

  /// More shapes by lot than a quick test has time for: their number, and if wanted a seed, as in "2000" or "2000 7".
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["CAFFE_ENGINE_CASES"] != nil, "set CAFFE_ENGINE_CASES to a number"),
    arguments: EngineUnderTest.all)
  func agreesWithTheReferenceEngineOnManyShapes(_ engine: EngineUnderTest) throws {
    let wanted = try #require(ProcessInfo.processInfo.environment["CAFFE_ENGINE_CASES"])
    let numbers = wanted.split(separator: " ").compactMap { Int($0) }
    let cases = EngineCase.randomized(count: try #require(numbers.first), seed: UInt64(numbers.last ?? 1) &+ 1)
    expectAllPassed(EngineComparison.compare(try engine.make(), against: ReferenceEngine(), cases: cases), engine)
  }

  @Test(arguments: EngineUnderTest.all)
  func runsEveryCase(_ engine: EngineUnderTest) throws {
    let support = EngineComparison.support(of: try engine.make(), cases: EngineCase.small)
    #expect(support.count == EngineCase.small.count)
    let missing = support.compactMap { name, problem in problem.map { [name, $0] } }
    #expect(missing.isEmpty, "\(engine):\n\(EngineComparison.table(missing))")
  }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["CAFFE_ENGINE_SPEED"] != nil, "set CAFFE_ENGINE_SPEED to see times"),
    arguments: EngineUnderTest.all)
  func takesTimes(_ engine: EngineUnderTest) throws {
    let times = try EngineComparison.speed(of: try engine.make(), cases: EngineCase.large, repetitions: 5)
    #expect(times.allSatisfy { $0.milliseconds > 0 })
    print("\(engine)\n\(EngineComparison.table(times.map(\.row)))")
  }

  private func expectAllPassed(_ results: [EngineResult], _ engine: EngineUnderTest) {
    #expect(!results.isEmpty)
    let failures = results.filter { !$0.passed }.map(\.line)
    #expect(failures.isEmpty, "\(engine), \(failures.count) of \(results.count):\n\(failures.joined(separator: "\n"))")
  }
}

/// Whether this is a release build.
var isOptimized: Bool {
  #if DEBUG
    false
  #else
    true
  #endif
}
