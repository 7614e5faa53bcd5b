import CaffeCore
import CaffeProto

/// Gathers the findings of a file: each once, with its line, and without those that are to be ignored.
struct Collector {
  private var findings: [Finding] = []
  private var known: Set<Finding> = []
  private let lines: [String]
  private let ignored: Set<String>

  init(_ inspection: Inspection, ignored: Set<String>) {
    lines = inspection.lines
    self.ignored = ignored
  }

  /// Whether something of what was found keeps the file from being used.
  var hasErrors: Bool { findings.contains { $0.severity == .error } }

  /// What was found, by line.
  var sorted: [Finding] {
    findings.enumerated().sorted { a, b in
      let first = (a.element.location.line ?? 0, a.element.location.column ?? 0, a.offset)
      let second = (b.element.location.line ?? 0, b.element.location.column ?? 0, b.offset)
      return first < second
    }.map(\.element)
  }

  mutating func addFaults(of inspection: Inspection) {
    for fault in inspection.faults {
      let page: RulePage =
        switch fault.code {
        case .file, .corrupt: .unreadableFile
        case .syntax: .syntax
        default: .field
        }
      let cause = fault.cause.map { " (\($0))" } ?? ""
      var location = fault.location ?? FileLocation(file: "")
      // What is about the text as a whole stands at its beginning.
      if location.line == nil, !lines.isEmpty { (location.line, location.column) = (1, 1) }
      add(Remark(fault.message + cause, at: location, layer: fault.layer), page)
    }
    for note in inspection.notes where note.level != .info {
      if let location = note.location { add(Remark(note.message, at: location), .upgrade) }
    }
  }

  mutating func add(_ remark: Remark, _ page: RulePage) {
    guard !ignored.contains(page.name) else { return }
    let line = remark.location.line.flatMap { $0 > 0 && $0 <= lines.count ? lines[$0 - 1] : nil }
    // A comment on the line says that it is meant so.
    if let line, page.severity == .warning, Collector.allows(page.name, line) { return }
    let finding = Finding(
      rule: page.name, severity: page.severity, message: remark.message, location: remark.location,
      layer: remark.layer, line: line)
    if known.insert(finding).inserted { findings.append(finding) }
  }

  /// Whether `line` has a comment `# lint: ignore RULE`.
  private static func allows(_ rule: String, _ line: String) -> Bool {
    guard let comment = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first,
      let words = comment.firstRange(of: "lint: ignore").map({ comment[$0.upperBound...] })
    else { return false }
    return words.split { $0 == " " || $0 == "," }.contains(Substring(rule))
  }
}
