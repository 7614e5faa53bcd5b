import CaffeCore
import CaffeNet

/// A test run of one net.
struct TestRun {
  let report: TestReport
  /// The mean loss of a batch, reported or not.
  let loss: Float
}

extension Solver {
  /// Tests all test nets with the present parameters, averaged ones where `ema_decay` asks for them; a net with `test_iter: 0` is
  /// left out.
  ///
  /// - Returns: What each gave in the mean over its batches; fewer if it is asked to stop.
  @discardableResult
  public func test() throws -> [TestReport] { try runTests().map(\.report) }

  func runTests() throws -> [TestRun] {
    var runs: [TestRun] = []
    hasComputed = true
    for index in testNets.indices where !isStopping && settings.testIterations[index] > 0 {
      guard let run = try withAverages({ try test(index) }) else { break }
      runs.append(run)
      for observer in observers { try observer.solver(self, tested: run.report) }
    }
    return runs
  }

  /// Runs the tests that are due at this iteration; a training that goes on from it would repeat them.
  func testOnSchedule() throws -> [TestRun] {
    if testStart == nil { testStart = TestStart(records: testRecords()) }
    return try runTests()
  }

  private func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let average else { return try body() }
    return try average.using(true, body)
  }

  private func test(_ index: Int) throws -> TestRun? {
    context.logger.info("Iteration \(iteration), Testing net (#\(index))", at: "solver.cpp:347")
    let testNet = testNets[index]
    let batches = settings.testIterations[index]
    var loss: Float = 0
    var hasWarned = false
    var sums: [OutputValue] = []
    for _ in 0..<batches {
      try answerRequests()
      if isStopping {
        context.logger.info("Test interrupted.", at: "solver.cpp:396")
        return nil
      }
      let batchLoss = try testNet.forward()
      loss += batchLoss
      if !hasWarned, let fault = try testNet.nonFiniteResult(loss: batchLoss) {
        warn("Test net (#\(index)), iteration \(iteration): \(fault)")
        hasWarned = true
      }
      sums = add(Solver.outputs(of: testNet), to: sums)
    }
    loss /= Float(batches)
    return TestRun(report: report(index, loss: loss, sums, batches), loss: loss)
  }

  private func answerRequests() throws {
    var request = nextRequest()
    while request != .none {
      if request == .snapshot { try snapshot() } else { isStopping = true }
      request = isStopping ? .none : nextRequest()
    }
  }

  /// An output may give fewer values than in the first batch, or more; only those that all gave are kept.
  private func add(_ values: [OutputValue], to sums: [OutputValue]) -> [OutputValue] {
    guard !sums.isEmpty else { return values }
    return zip(sums, values).map {
      OutputValue(name: $0.name, value: $0.value + $1.value, lossWeight: $0.lossWeight)
    }
  }

  private func report(_ index: Int, loss: Float, _ sums: [OutputValue], _ batches: Int) -> TestReport {
    if settings.testComputesLoss { context.logger.info("Test loss: \(loss.general)", at: "solver.cpp:401") }
    let means = sums.map {
      OutputValue(name: $0.name, value: $0.value / Float(batches), lossWeight: $0.lossWeight)
    }
    for (position, mean) in means.enumerated() {
      context.logger.info("    Test net output #\(position): \(mean)", at: "solver.cpp:414")
    }
    return TestReport(
      iteration: iteration, testNet: index, loss: settings.testComputesLoss ? loss : nil, outputs: means)
  }
}
