import Logging

/// Where log lines go and which of them, by flags, environment variables and defaults, in this order.
package struct LogSettings: Equatable {
  /// The folder of log files; none without it.
  package var directory: String?
  /// Whether lines go to standard error only.
  package var toStandardError = false
  /// Whether lines go to standard error beside the files.
  package var alsoToStandardError = true
  /// The least severe level that is logged: 0 info, 1 warning, 2 error, 3 fatal.
  package var minimumLevel = 0
  /// How much detail there is: 0 none, 1 and above more.
  package var verbosity = 0
  /// The least severe level that goes to standard error in any case.
  package var standardErrorThreshold = 2

  /// Makes the settings that `environment` asks for.
  package init(environment: [String: String] = [:]) {
    func text(_ name: String) -> String? { environment["GLOG_\(name)"].flatMap { $0.isEmpty ? nil : $0 } }
    func truth(_ name: String) -> Bool? { text(name).map { "tTyY1".contains($0.prefix(1)) } }
    func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
    directory = text("log_dir")
    toStandardError = truth("logtostderr") ?? toStandardError
    alsoToStandardError = truth("alsologtostderr") ?? alsoToStandardError
    minimumLevel = number("minloglevel") ?? minimumLevel
    verbosity = number("v") ?? verbosity
    standardErrorThreshold = number("stderrthreshold") ?? standardErrorThreshold
  }

  /// The level that a logger needs to let these lines through.
  package var level: Logger.Level {
    switch minimumLevel {
    case ...0: verbosity >= 2 ? .trace : verbosity == 1 ? .debug : .info
    case 1: .warning
    case 2: .error
    default: .critical
    }
  }
}

/// How severe a line is, in the log's own four levels.
package enum Severity: Int, CaseIterable, Sendable {
  case info, warning, error, fatal

  /// The severity of a level.
  package init(_ level: Logger.Level) {
    switch level {
    case .trace, .debug, .info, .notice: self = .info
    case .warning: self = .warning
    case .error: self = .error
    case .critical: self = .fatal
    }
  }

  /// The letter that a line starts with.
  package var letter: Character {
    switch self {
    case .info: "I"
    case .warning: "W"
    case .error: "E"
    case .fatal: "F"
    }
  }

  /// The name in the name of a log file.
  package var name: String {
    switch self {
    case .info: "INFO"
    case .warning: "WARNING"
    case .error: "ERROR"
    case .fatal: "FATAL"
    }
  }
}
