import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Testing

/// A comparison that nothing fails would be worth nothing.
@Suite(.serialized)
struct ComparisonItselfTests {
  @Test(arguments: EngineOperation.allCases)
  func noticesEveryBrokenOperation(_ operation: EngineOperation) throws {
    let census = Census.ofSmallCases
    let results = try #require(census.results[operation], "no case runs \(operation)")
    for place in 0..<results {
      for fault in Fault.allCases {
        let breaker = Breaker(operation, fault, place: place)
        let noticed = EngineCase.small.contains { engineCase in
          census.runs(operation, in: engineCase)
            && EngineComparison.compare(breaker.engine, against: ReferenceEngine(), on: engineCase)
              .contains { !$0.passed }
        }
        #expect(noticed, "\(operation), result \(place): \(fault) goes unnoticed")
      }
    }
  }

  @Test(arguments: [EngineOperation.innerProductBackwardParameters, .convolutionBackwardParameters])
  func noticesGradientsThatAreOverwrittenInsteadOfAdded(_ operation: EngineOperation) {
    let engine = ForwardingEngine(ReferenceEngine(), listener: Eraser(operation))
    let results = EngineComparison.compare(
      engine, against: ReferenceEngine(), cases: EngineCase.gemms + EngineCase.convolutions)
    #expect(results.contains { !$0.passed && $0.output == "gradient of weights" })
    #expect(results.contains { !$0.passed && $0.output == "gradient of bias" })
    #expect(results.allSatisfy { $0.passed || $0.output.hasPrefix("gradient") })
  }

  @Test(
    arguments: [
      (EngineOperation.sumChannels, "gradient of scale"), (.sumChannels, "gradient of shift"),
      (.preluSlopeBackward, "gradient of slopes"), (.scatterAddRows, "gradient of rows")
    ])
  func noticesOtherGradientsThatAreOverwritten(_ operation: EngineOperation, _ output: String) {
    let engine = ForwardingEngine(ReferenceEngine(), listener: Eraser(operation))
    let results = EngineComparison.compare(
      engine, against: ReferenceEngine(), cases: EngineCase.broadcasts + EngineCase.indexings)
    #expect(results.contains { !$0.passed && $0.output == output })
  }

  @Test
  func reportsAnEngineThatCannot() throws {
    let engine = ForwardingEngine(ReferenceEngine(), listener: Refuser())
    let results = EngineComparison.compare(engine, against: ReferenceEngine(), cases: EngineCase.poolings)
    #expect(results.allSatisfy { !$0.passed })
    #expect(try #require(results.first).line.contains("no pooling here"))
    let support = EngineComparison.support(of: engine, cases: EngineCase.poolings)
    #expect(support.allSatisfy { $0.problem != nil })
  }

  @Test(
    arguments: [
      EngineOperation.mapBackward, .convolutionBackwardData, .convolutionBackwardParameters, .poolingBackward,
      .lrnBackward, .softmaxBackward, .softmaxLossBackward, .innerProductBackwardData,
      .innerProductBackwardParameters, .productBackward, .maximumBackward, .sumChannels, .preluBackward,
      .preluSlopeBackward, .standardizationBackward, .standardizationBackwardGiven, .reduceRowsBackward,
      .scatterAddRows, .tileBackward, .col2im, .sigmoidCrossEntropyBackward, .hingeLossBackward,
      .multinomialLossBackward, .infogainLossBackward, .contrastiveLossBackward, .lstmUnitBackward
    ])
  func gradientCheckNoticesEveryBrokenGradient(_ operation: EngineOperation) {
    let cases = EngineCase.small.filter { Census.ofSmallCases.runs(operation, in: $0) }
    let results = EngineComparison.checkGradients(on: Breaker(operation, .scaled, place: 0).engine, cases: cases)
    #expect(results.contains { !$0.passed })
  }

  @Test
  func toleranceFollowsItsRule() {
    let tolerance = Tolerance(relative: 1e-4)
    #expect(tolerance.worstDifference(got: [1.00009, 0], want: [1, 0]).passed)
    #expect(!tolerance.worstDifference(got: [1.00012, 0], want: [1, 0]).passed)
    #expect(tolerance.worstDifference(got: [1000, 0.0019], want: [1000, 0]).passed)
    #expect(!tolerance.worstDifference(got: [1000, 0.0021], want: [1000, 0]).passed)
    #expect(!tolerance.worstDifference(got: [1], want: [1, 2]).passed)
    #expect(!tolerance.worstDifference(got: [.nan], want: [1]).passed)
    #expect(!tolerance.worstDifference(got: [1], want: [.nan]).passed)
    #expect(!tolerance.worstDifference(got: [.infinity], want: [1]).passed)
    #expect(!tolerance.worstDifference(got: [1], want: [.infinity]).passed)
    #expect(!tolerance.worstDifference(got: [-.infinity], want: [.infinity]).passed)
    #expect(tolerance.worstDifference(got: [.nan, .infinity], want: [.nan, .infinity]).passed)
    #expect(Tolerance.exact.worstDifference(got: [0.1, 5], want: [0.1, 5]).passed)
    #expect(!Tolerance.exact.worstDifference(got: [0.1, 5.000001], want: [0.1, 5]).passed)
    #expect(tolerance.worstDifference(got: [1, 2.5, 9], want: [1, 2, 8.9]).index == 1)
  }

  @Test
  func toleranceOfTheWholeFollowsItsRule() {
    let tolerance = Tolerance.rounded(3e-3)
    #expect(tolerance.worstDifference(got: [1000, 2.9], want: [1000, 0]).passed)
    #expect(!tolerance.worstDifference(got: [1000, 3.1], want: [1000, 0]).passed)
    #expect(tolerance.worstDifference(got: [0, .infinity], want: [0, .infinity]).passed)
    #expect(!tolerance.worstDifference(got: [1e-9], want: [0]).passed)
    #expect(!tolerance.worstDifference(got: [.nan, 1], want: [1, 1]).passed)
    #expect(!tolerance.worstDifference(got: [1, 1], want: [.nan, 1]).passed)
    #expect(!tolerance.worstDifference(got: [1], want: [1, 2]).passed)
  }
}

/// Which cases run which operations.
private struct Census: Sendable {
  private var cases: [EngineOperation: Set<String>] = [:]
  /// How many results an operation has.
  private(set) var results: [EngineOperation: Int] = [:]

  static let ofSmallCases = Census(of: EngineCase.small)

  private init(of cases: [EngineCase]) {
    for engineCase in cases {
      let counter = Counter()
      let engine = ForwardingEngine(ReferenceEngine(), listener: counter)
      _ = EngineComparison.support(of: engine, cases: [engineCase])
      for (operation, count) in counter.results {
        self.cases[operation, default: []].insert(engineCase.name)
        results[operation] = max(results[operation] ?? 0, count)
      }
    }
  }

  func runs(_ operation: EngineOperation, in engineCase: EngineCase) -> Bool {
    cases[operation]?.contains(engineCase.name) ?? false
  }
}

/// Notes the results of every operation.
private final class Counter: EngineListener {
  private(set) var results: [EngineOperation: Int] = [:]

  func finished(_ operation: EngineOperation, writing buffers: [Buffer?]) {
    let last = buffers.lastIndex { ($0?.count ?? 0) > 0 }
    if let last { results[operation] = max(results[operation] ?? 0, last + 1) }
  }

  func reduced(_ operation: EngineOperation, to value: Float) -> Float {
    results[operation] = 1
    return value
  }
}
