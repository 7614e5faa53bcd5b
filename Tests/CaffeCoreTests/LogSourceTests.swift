import CaffeCore
import Logging
import Synchronization
import Testing

struct LogSourceTests {
  @Test
  func isReadFromFileAndLine() {
    let source: LogSource = "solver.cpp:239"
    #expect(source.file == "solver.cpp")
    #expect(source.line == 239)
  }

  @Test(arguments: [("net.cpp", "net.cpp", 0), ("net.cpp:x", "net.cpp", 0), ("", "", 0)])
  func toleratesWhatIsMissing(_ text: String, _ file: String, _ line: UInt) {
    let source = LogSource(stringLiteral: text)
    #expect(source.file == file)
    #expect(source.line == line)
  }

  @Test
  func goesWithTheMessage() {
    let handler = RecordingHandler()
    let logger = Logger(label: "test") { _ in handler }
    logger.info("Iteration 0", at: "solver.cpp:239")
    logger.warning("Ignoring", at: "net.cpp:86")
    logger.error("Failed", at: LogSource("a.cpp", 1))
    #expect(
      handler.lines.withLock { $0 } == [
        "info solver.cpp:239 Iteration 0", "warning net.cpp:86 Ignoring", "error a.cpp:1 Failed"
      ])
  }

  @Test
  func theSilentLoggerCostsNoMessage() {
    var evaluated = 0
    func message() -> String {
      evaluated += 1
      return ""
    }
    Logger.silent.info(message(), at: "a.cpp:1")
    #expect(evaluated == 0)
  }
}

/// Keeps what is logged.
private final class RecordingHandler: LogHandler {
  let lines = Mutex<[String]>([])
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    lines.withLock { $0.append("\(event.level) \(event.file):\(event.line) \(event.message)") }
  }
}
