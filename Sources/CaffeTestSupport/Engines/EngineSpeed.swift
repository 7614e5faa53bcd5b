import CaffeCore

/// The time that a case takes.
package struct EngineTime: Sendable {
  /// The case.
  package var name: String
  /// The median of several computations, in milliseconds.
  package var milliseconds: Double
  /// Of one computation; 0 where nobody counts them.
  package var operations: Int

  /// 10⁹ operations a second.
  package var gigaflops: Double { Double(operations) / milliseconds / 1e6 }

  /// A row of a table.
  package var row: [String] {
    [name, "\(EngineTime.rounded(milliseconds)) ms", operations > 0 ? "\(EngineTime.rounded(gigaflops)) GFLOP/s" : ""]
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension EngineComparison {
  /// Takes the times of all cases, `repetitions` computations each after one that isn't counted.
  package static func speed(
    of engine: any Engine, cases: [EngineCase], repetitions: Int = 9
  ) throws -> [EngineTime] {
    try cases.map { engineCase in
      let run = try engineCase.prepare(on: engine)
      try run.compute()
      let clock = ContinuousClock()
      let times = try (0..<max(repetitions, 1)).map { _ in try clock.measure { try run.compute() } }.sorted()
      let milliseconds = times[times.count / 2] / .milliseconds(1)
      return EngineTime(name: engineCase.name, milliseconds: milliseconds, operations: engineCase.operations)
    }
  }
}
