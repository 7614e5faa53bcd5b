import Caffe

/// A bar on the terminal's last line that shows how far the work is.
///
/// There is none where standard error is no terminal, or where `CI` is set.
package final class ProgressLine {
  private let terminal: TerminalLine
  private let started = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?

  /// nil where nobody would see it, or a log would be full of it.
  init?(_ terminal: TerminalLine, _ environment: [String: String]) {
    guard ProgressLine.isWanted(environment, isTerminal: Platform.isTerminal(Platform.standardError)) else {
      return nil
    }
    self.terminal = terminal
  }

  /// Whether somebody watches.
  package static func isWanted(_ environment: [String: String], isTerminal: Bool) -> Bool {
    isTerminal && (environment["CI"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Shows that `done` of `total` are done; at most ten times a second.
  func show(_ done: Int, of total: Int) {
    let now = ContinuousClock.now
    if let lastShown, now - lastShown < .milliseconds(100) { return }
    lastShown = now
    terminal.show(ProgressLine.text(done, of: total, seconds: (now - started).seconds, columns: Platform.columns))
  }

  /// Takes the bar away.
  func clear() { terminal.show("") }

  /// The line: a bar where there is room, counts, the rate and what is left.
  package static func text(_ done: Int, of total: Int, seconds: Double, columns: Int) -> String {
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var text = "\(done)/\(total) \(Int(share * 100))%"
    if rate > 0 { text += "  \(Float(rate).general)/s  \(time(Double(total - done) / rate)) left" }
    let room = min(40, columns - text.count - 4)
    guard room >= 10 else { return String(text.prefix(max(0, columns - 1))) }
    let full = Int(share * Double(room))
    return "[" + String(repeating: "#", count: full) + String(repeating: " ", count: room - full) + "] " + text
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 3_599_999))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = whole / 60
    return minutes < 60 ? "\(minutes):\(two(whole % 60))" : "\(minutes / 60):\(two(minutes % 60)):\(two(whole % 60))"
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
