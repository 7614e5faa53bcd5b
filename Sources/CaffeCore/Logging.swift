import Logging

/// Where a line of the log comes from, in the original's terms: parsers of its logs look for `solver.cpp:239]`.
public struct LogSource: Sendable, ExpressibleByStringLiteral {
  /// The file's name.
  public let file: String
  /// The line's number.
  public let line: UInt

  /// Makes a source.
  public init(_ file: String, _ line: UInt) {
    self.file = file
    self.line = line
  }

  /// Makes a source from `"net.cpp:86"`.
  public init(stringLiteral text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    file = String(parts.first ?? "")
    line = parts.count > 1 ? UInt(parts[1]) ?? 0 : 0
  }
}

extension Logger {
  /// Logs at level info, from `source`.
  public func info(_ message: @autoclosure () -> String, at source: LogSource) {
    log(level: .info, "\(message())", source: "caffe", file: source.file, function: "", line: source.line)
  }

  /// Logs at level warning, from `source`.
  public func warning(_ message: @autoclosure () -> String, at source: LogSource) {
    log(level: .warning, "\(message())", source: "caffe", file: source.file, function: "", line: source.line)
  }

  /// Logs at level error, from `source`.
  public func error(_ message: @autoclosure () -> String, at source: LogSource) {
    log(level: .error, "\(message())", source: "caffe", file: source.file, function: "", line: source.line)
  }

  /// A logger that drops everything.
  public static var silent: Logger { Logger(label: "caffe") { _ in SwiftLogNoOpLogHandler() } }
}
