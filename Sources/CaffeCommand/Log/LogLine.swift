/// A moment in local time.
package struct LogTime: Equatable, Sendable {
  package var year = 1970
  package var month = 1
  package var day = 1
  package var hour = 0
  package var minute = 0
  package var second = 0
  package var microsecond = 0

  /// Makes a moment; month and day count from 1.
  package init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }
}

/// The classic form of glog: `I1120 22:50:37.177337 16076 solver.cpp:239] message`.
package enum LogLine {
  /// The line, with its end; `message` may have several lines of its own.
  package static func format(
    _ message: String, severity: Severity, time: LogTime, thread: Int, file: String, line: UInt
  ) -> String {
    let name = file.split(separator: "/").last ?? ""
    return "\(severity.letter)\(two(time.month))\(two(time.day)) \(two(time.hour)):\(two(time.minute)):"
      + "\(two(time.second)).\(padded(time.microsecond, to: 6, with: "0")) "
      + "\(padded(thread, to: 5, with: " ")) \(name):\(line)] \(message)\n"
  }

  /// The name of a log file: `caffe.HOST.USER.log.INFO.20161120-225037.16076`.
  package static func fileName(
    program: String, host: String, user: String, severity: Severity, time: LogTime, process: Int
  ) -> String {
    let date = padded(time.year, to: 4, with: "0") + two(time.month) + two(time.day)
    let clock = two(time.hour) + two(time.minute) + two(time.second)
    return "\(program).\(host).\(user).log.\(severity.name).\(date)-\(clock).\(process)"
  }

  /// What a log file starts with.
  package static func fileHeader(host: String, time: LogTime) -> String {
    """
    Log file created at: \(padded(time.year, to: 4, with: "0"))/\(two(time.month))/\(two(time.day)) \
    \(two(time.hour)):\(two(time.minute)):\(two(time.second))
    Running on machine: \(host)
    Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg

    """
  }

  private static func two(_ number: Int) -> String { padded(number, to: 2, with: "0") }

  private static func padded(_ number: Int, to width: Int, with character: Character) -> String {
    let text = String(number)
    return String(repeating: character, count: max(0, width - text.count)) + text
  }
}
