import CCaffe
import Logging
import Synchronization

/// Where log lines go: to the caller's function, if there is one.
final class CallbackLog: Sendable {
  private struct Target: @unchecked Sendable {
    var callback: caffe_log_callback?
    var user: UnsafeMutableRawPointer?
  }

  private let target = Mutex(Target())
  /// The lowest level that is passed on. Asked for every line, even those that are never made.
  private let level = Atomic<Int>(Int(CAFFE_LOG_NOTHING))

  func set(_ callback: caffe_log_callback?, user: UnsafeMutableRawPointer?, level: Int) {
    target.withLock { $0 = Target(callback: callback, user: user) }
    self.level.store(callback == nil ? Int(CAFFE_LOG_NOTHING) : level, ordering: .relaxed)
  }

  /// A logger for nets.
  var logger: Logger { Logger(label: "caffe") { _ in CallbackLogHandler(log: self) } }

  fileprivate var swiftLevel: Logger.Level {
    switch level.load(ordering: .relaxed) {
    case ...Int(CAFFE_LOG_INFO): .info
    case Int(CAFFE_LOG_WARNING): .warning
    case Int(CAFFE_LOG_ERROR): .error
    default: .critical
    }
  }

  func write(level: Int, file: String, line: Int, message: String) {
    guard level >= self.level.load(ordering: .relaxed) else { return }
    let target = target.withLock { $0 }
    target.callback?(target.user, Int32(level), file, Int64(line), message)
  }
}

private struct CallbackLogHandler: LogHandler {
  let log: CallbackLog
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  var logLevel: Logger.Level {
    get { log.swiftLevel }
    set {}
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let level =
      event.level >= .error ? CAFFE_LOG_ERROR : event.level >= .warning ? CAFFE_LOG_WARNING : CAFFE_LOG_INFO
    log.write(level: Int(level), file: event.file, line: Int(event.line), message: "\(event.message)")
  }
}
