import CaffeCore
import Foundation

/// What a run of the linter found, for people and for programs.
public struct LintReport {
  private let findings: [Finding]
  private let files: Int

  /// Makes the report of a run over `files` files.
  public init(_ findings: [Finding], files: Int) {
    self.findings = findings
    self.files = files
  }

  /// How many of the findings are errors.
  public var errors: Int { findings.count { $0.severity == .error } }
  /// How many of the findings are warnings.
  public var warnings: Int { findings.count - errors }

  /// One finding after the other, and their number.
  public func text(width: Int = 100) -> String {
    let sum = "\(LintReport.count(errors, "error")), \(LintReport.count(warnings, "warning"))"
    return (findings.map { $0.text(width: width) } + ["\(LintReport.count(files, "file")): \(sum)"])
      .joined(separator: "\n") + "\n"
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  // MARK: - JSON

  private struct Record: Encodable {
    struct Entry: Encodable {
      var file: String
      var line: Int?
      var column: Int?
      var severity: String
      var rule: String
      var layer: String?
      var message: String
    }
    var errors: Int
    var warnings: Int
    var findings: [Entry]
  }

  /// The same as one object.
  public var json: String {
    let entries = findings.map {
      Record.Entry(
        file: $0.location.file, line: $0.location.line, column: $0.location.column, severity: $0.severity.rawValue,
        rule: $0.rule, layer: $0.layer, message: $0.message)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let record = Record(errors: errors, warnings: warnings, findings: entries)
    // It holds nothing but texts and whole numbers, so it can be encoded.
    return ((try? encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
  }
}
