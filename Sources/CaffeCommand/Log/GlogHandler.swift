import Logging

/// A log handler that writes lines in the classic form of glog, which people's parsers of Caffe's logs read.
package struct GlogHandler: LogHandler {
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  private let sink: LogSink

  /// Makes a handler that writes what `settings` let through to `sink`.
  package init(_ settings: LogSettings, sink: LogSink) {
    logLevel = settings.level
    self.sink = sink
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let severity = Severity(event.level)
    let line = LogLine.format(
      "\(event.message)", severity: severity, time: Platform.now(), thread: Platform.thread,
      file: event.file, line: event.line)
    sink.write(line, severity: severity)
  }
}

extension Logger {
  /// A logger for `program` as `settings` ask for it, whose lines stand above `terminal`.
  ///
  /// - Throws: `CaffeError` when there can't be a log file.
  package static func glog(
    _ settings: LogSettings, program: String, terminal: TerminalLine = TerminalLine()
  ) throws -> Logger {
    let sink = try LogSink(settings, program: program, terminal: terminal)
    return Logger(label: program) { _ in GlogHandler(settings, sink: sink) }
  }
}
