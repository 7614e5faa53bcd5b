import CaffeCommand
import Foundation
import Logging
import Testing

@Suite struct LogTests {
  private let time = LogTime(
    year: 2026, month: 1, day: 20, hour: 2, minute: 5, second: 7, microsecond: 1337)

  @Test func aLineHasTheClassicForm() {
    let line = LogLine.format(
      "Iteration 0, lr = 0.01", severity: .info, time: time, thread: 76, file: "src/caffe/solver.cpp", line: 239)
    #expect(line == "I0120 02:05:07.001337    76 solver.cpp:239] Iteration 0, lr = 0.01\n")
  }

  @Test func aMessageOfSeveralLinesIsOneRecord() {
    let line = LogLine.format(
      "a: \nb\nc", severity: .warning, time: time, thread: 123456, file: "net.cpp", line: 53)
    #expect(line == "W0120 02:05:07.001337 123456 net.cpp:53] a: \nb\nc\n")
  }

  @Test func filesHaveTheirNamesAndHeader() {
    let name = LogLine.fileName(
      program: "caffe", host: "box", user: "me", severity: .error, time: time, process: 42)
    #expect(name == "caffe.box.me.log.ERROR.20260120-020507.42")
    #expect(
      LogLine.fileHeader(host: "box", time: time) == """
        Log file created at: 2026/01/20 02:05:07
        Running on machine: box
        Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg

        """)
  }

  @Test(arguments: [
    (0, 0, Logger.Level.info), (0, 1, .debug), (0, 3, .trace), (1, 0, .warning), (1, 5, .warning), (2, 0, .error),
    (3, 0, .critical)
  ])
  func theLevelFollowsTheSettings(minimum: Int, verbosity: Int, level: Logger.Level) {
    var settings = LogSettings()
    settings.minimumLevel = minimum
    settings.verbosity = verbosity
    #expect(settings.level == level)
  }

  @Test func theEnvironmentIsRead() {
    let settings = LogSettings(environment: [
      "GLOG_minloglevel": "1", "GLOG_logtostderr": "1", "GLOG_log_dir": "logs", "GLOG_v": "2",
      "GLOG_alsologtostderr": "no"
    ])
    var expected = LogSettings()
    expected.minimumLevel = 1
    expected.toStandardError = true
    expected.directory = "logs"
    expected.verbosity = 2
    expected.alsoToStandardError = false
    #expect(settings == expected)
    #expect(LogSettings(environment: ["GLOG_minloglevel": "many", "GLOG_log_dir": ""]) == LogSettings())
  }

  @Test func logFilesHoldTheirSeverityAndAllAbove() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "caffe-log-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var settings = LogSettings()
    settings.directory = folder
    settings.alsoToStandardError = false
    settings.standardErrorThreshold = 4
    let logger = try Logger.glog(settings, program: "caffe")
    logger.info("one")
    logger.warning("two")
    logger.debug("never")
    let info = try String(contentsOfFile: folder + "/caffe.INFO", encoding: .utf8)
    let warning = try String(contentsOfFile: folder + "/caffe.WARNING", encoding: .utf8)
    #expect(info.contains("] one\n") && info.contains("] two\n") && !info.contains("never"))
    #expect(!warning.contains("] one\n") && warning.contains("] two\n"))
    #expect(info.hasPrefix("Log file created at: "))
  }

  @Test func aFolderThatCannotBeMadeIsAnError() {
    var settings = LogSettings()
    settings.directory = "/dev/null/logs"
    #expect(throws: (any Error).self) { try Logger.glog(settings, program: "caffe") }
  }
}
