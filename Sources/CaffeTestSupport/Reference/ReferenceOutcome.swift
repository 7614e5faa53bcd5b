/// What came of running a reference case on an engine.
package struct ReferenceOutcome: Sendable {
  /// How it ended.
  package enum Verdict: String, Sendable { case ok, failed = "FAILED", skipped }

  /// The case.
  package var name: String
  /// The engine.
  package var engine: String
  /// How it ended.
  package var verdict: Verdict
  /// The largest difference from a wanted value as a share of what the tolerance allows there: up to 1 passes.
  package var difference: Double?
  /// Why it wasn't ok, or what the difference is of.
  package var why = ""

  /// `reference NAME ENGINE ok|FAILED|skipped DIFFERENCE [why]`; the difference is `-` where nothing was compared.
  package var line: String {
    let number = difference.map { $0.isFinite ? rounded($0) : "inf" } ?? "-"
    return "reference \(name) \(engine) \(verdict.rawValue) \(number)" + (why.isEmpty ? "" : " \(why)")
  }

  /// To four decimal places.
  private func rounded(_ value: Double) -> String {
    value < 1e9 ? "\((value * 1e4).rounded() / 1e4)" : "\(value)"
  }
}
