import Caffe

/// Where a training stands.
package struct TrainingStatus: Sendable {
  package var iteration = 0
  package var maximum = 0
  package var iterationsPerSecond: Double?
  package var secondsLeft: Double?
  package var loss: Double?
  package var rate: Double?
  /// The last value of a test output and the best one so far.
  package var test: (name: String, last: Double, best: Double)?
  /// The share of the time that was spent waiting for data.
  package var waiting: Double?
  package var memory: Int?

  package init() {}
}

/// Makes a line of a training's status: as much of it as there is room for, the most important first.
package struct ProgressText {
  /// The number of columns; the last one stays free, since some terminals begin a new line there.
  package var width: Int
  /// Whether colours may be used.
  package var hasColor: Bool
  /// Whether the terminal shows more than ASCII.
  package var hasBlocks: Bool

  package init(width: Int, hasColor: Bool = false, hasBlocks: Bool = false) {
    self.width = width
    self.hasColor = hasColor
    self.hasBlocks = hasBlocks
  }

  private static let barWidth = 20

  /// The line.
  package func line(_ status: TrainingStatus) -> String {
    let parts = parts(status)
    var chosen: Set<Int> = []
    var used = 0
    for index in parts.indices.sorted(by: { parts[$0].rank < parts[$1].rank }) {
      let needed = parts[index].text.count + (chosen.isEmpty ? 0 : 2)
      guard used + needed < width else { break }
      chosen.insert(index)
      used += needed
    }
    let texts = chosen.sorted().map { parts[$0].isBar ? colored(parts[$0].text) : parts[$0].text }
    return texts.joined(separator: "  ")
  }

  /// What there is to show, from left to right; those of low rank stay longest.
  private func parts(_ status: TrainingStatus) -> [(text: String, rank: Int, isBar: Bool)] {
    let share = status.maximum > 0 ? min(1, Double(status.iteration) / Double(status.maximum)) : 0
    var parts: [(text: String, rank: Int, isBar: Bool)] = [
      (bar(share), 9, true), ("\(Int(share * 100)) %", 1, false), ("\(status.iteration)/\(status.maximum)", 4, false)
    ]
    func add(_ text: String?, _ rank: Int) {
      if let text { parts.append((text, rank, false)) }
    }
    add(status.iterationsPerSecond.map { "\(ProgressText.short($0)) it/s" }, 6)
    add(status.secondsLeft.map { "\(ProgressText.clock($0)) left" }, 3)
    add(status.loss.map { "loss \(ProgressText.short($0))" }, 2)
    add(status.rate.map { "lr \(ProgressText.short($0))" }, 7)
    add(status.test.map { "\($0.name) \(ProgressText.short($0.last))" }, 5)
    add(status.test.map { "best \(ProgressText.short($0.best))" }, 8)
    add(status.waiting.map { "waiting for data \(Int(($0 * 100).rounded())) %" }, 10)
    add(status.memory.map { "\($0 >> 20) MiB" }, 11)
    return parts
  }

  private func bar(_ share: Double) -> String {
    let filled = Int((share * Double(ProgressText.barWidth)).rounded(.down))
    let (full, empty) = hasBlocks ? ("━", "─") : ("#", ".")
    return String(repeating: full, count: filled) + String(repeating: empty, count: ProgressText.barWidth - filled)
  }

  private func colored(_ bar: String) -> String { hasColor ? "\u{1B}[36m\(bar)\u{1B}[0m" : bar }

  /// Four digits; whole numbers from 1000 on.
  static func short(_ value: Double) -> String {
    value.isFinite && abs(value) >= 1000 && abs(value) < 1e7
      ? String(Int(value.rounded())) : generalFormat(value, digits: 4)
  }

  /// `0:08`, `3:20`, `1:02:10`, `2 d 3 h`.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    if whole >= 86_400 { return "\(whole / 86_400) d \(whole / 3600 % 24) h" }
    if whole >= 3600 { return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))" }
    return "\(whole / 60):\(two(whole % 60))"
  }
}
