/// Makes seconds of the times in glog's prefixes: `I1120 22:50:37.177337`, which have no year, or `I20161120 …`, which do.
struct LogClock {
  /// When the training began.
  var start: Double?
  private var last: Double?
  /// What is added since the log went from one year to the next.
  private var offset = 0.0
  private var isLeapYear = false

  private static let day = 86_400.0
  private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

  /// The time that `prefix` begins with, in seconds from some moment on.
  mutating func seconds(_ prefix: Slice<UnsafeRawBufferPointer>) -> Double? {
    let text = prefix.dropFirst().prefix(24)
    let date = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard date.count == 4 || date.count == 8 else { return nil }
    var cursor = ByteCursor(text)
    guard let whole = cursor.integer(), cursor.take(" "), let hour = cursor.integer(), cursor.take(":"),
      let minute = cursor.integer(), cursor.take(":"), let second = cursor.number()
    else { return nil }
    let (month, dayOfMonth) = (whole / 100 % 100, whole % 100)
    guard (1...12).contains(month), (1...31).contains(dayOfMonth), hour < 24, minute < 60 else { return nil }
    if month == 2, dayOfMonth == 29 { isLeapYear = true }
    var days = LogClock.daysBefore[month - 1] + dayOfMonth + (isLeapYear && month > 2 ? 1 : 0)
    if date.count == 8 {
      let year = whole / 10_000
      isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      days += 365 * year + year / 4 - (isLeapYear ? 1 : 0)
    }
    var time = Double(days) * LogClock.day + Double(hour * 3600 + minute * 60) + second + offset
    // The first of January comes after the last of December.
    if let last, time < last - 180 * LogClock.day {
      offset += 365 * LogClock.day
      time += 365 * LogClock.day
    }
    last = time
    return time
  }

  /// The seconds from `start` to `time`.
  static func since(_ start: Double?, _ time: Double?) -> Double? {
    guard let start, let time else { return nil }
    return ((time - start) * 1e6).rounded() / 1e6
  }
}
