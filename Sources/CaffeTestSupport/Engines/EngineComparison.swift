import CaffeCore

/// What became of one output of a case.
package struct EngineResult: Sendable {
  /// The case.
  package var name: String
  /// Which of its outputs; empty when it came to none.
  package var output = ""
  /// The difference that comes nearest to what is allowed, or exceeds it most.
  package var difference = Difference(index: nil, got: 0, want: 0, allowed: 0)
  /// Why there is no output.
  package var problem: String?

  package var passed: Bool { problem == nil && difference.passed }

  /// One line for a person.
  package var line: String {
    if let problem { return "\(name) FAILED \(problem)" }
    let (got, want, allowed) = (difference.got, difference.want, difference.allowed)
    guard !passed else { return "\(name) \(output) ok, difference \(difference.size), allowed \(allowed)" }
    let place = difference.index.map(String.init) ?? "-"
    return "\(name) \(output) FAILED at \(place): \(got), wanted \(want), allowed \(allowed)"
  }
}

/// Compares engines, case by case.
package enum EngineComparison {
  /// Computes every case on both engines and compares all outputs.
  package static func compare(
    _ engine: any Engine, against reference: any Engine, cases: [EngineCase]
  ) -> [EngineResult] {
    cases.flatMap { compare(engine, against: reference, on: $0) }
  }

  /// Computes one case on both engines and compares all outputs.
  package static func compare(
    _ engine: any Engine, against reference: any Engine, on engineCase: EngineCase
  ) -> [EngineResult] {
    do {
      let want = try engineCase.prepare(on: reference)
      try want.compute()
      let got = try engineCase.prepare(on: engine)
      try got.compute()
      return zip(got.outputs, want.outputs).map { got, want in
        let difference = engineCase.tolerance.worstDifference(got: got.buffer.values, want: want.buffer.values)
        return EngineResult(name: engineCase.name, output: got.name, difference: difference)
      }
    } catch {
      return [EngineResult(name: engineCase.name, problem: "\(error)")]
    }
  }

  /// Whether each case runs on `engine`, a line for each.
  package static func support(of engine: any Engine, cases: [EngineCase]) -> [(name: String, problem: String?)] {
    cases.map { engineCase in
      do {
        try engineCase.prepare(on: engine).compute()
        return (engineCase.name, nil)
      } catch {
        return (engineCase.name, "\(error)")
      }
    }
  }

  /// Rows as lines of columns of equal width.
  package static func table(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return lines.joined(separator: "\n")
  }
}
