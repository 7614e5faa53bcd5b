import Caffe
import Logging
import Synchronization

/// A log that keeps its lines, for tests of what is logged.
package final class RecordedLog: Sendable {
  /// One line: `solver.cpp:239` and what it says.
  package struct Line: Hashable, Sendable, CustomStringConvertible {
    /// The original's file and line.
    package var source: String
    /// The text, of several lines at times.
    package var text: String

    package init(source: String, text: String) {
      self.source = source
      self.text = text
    }

    package var description: String { "\(source)] \(text)" }
  }

  private let kept = Mutex<[(line: Line, level: Logger.Level)]>([])

  package init() {}

  /// A logger that writes here.
  package var logger: Logger { Logger(label: "test") { _ in RecordingHandler(log: self) } }

  /// All lines so far.
  package var lines: [Line] { kept.withLock { $0.map(\.line) } }

  /// The texts of all lines so far.
  package var texts: [String] { lines.map(\.text) }

  /// The texts of the lines from `source`, `solver.cpp:347`.
  package func texts(from source: String) -> [String] { lines.filter { $0.source == source }.map(\.text) }

  /// The texts of the warnings so far.
  package var warnings: [String] { kept.withLock { $0.filter { $0.level == .warning }.map(\.line.text) } }

  fileprivate func add(_ line: Line, _ level: Logger.Level) { kept.withLock { $0.append((line, level)) } }
}

private struct RecordingHandler: LogHandler {
  let log: RecordedLog
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    log.add(RecordedLog.Line(source: "\(event.file):\(event.line)", text: "\(event.message)"), event.level)
  }
}
