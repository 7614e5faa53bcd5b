import Caffe

/// Keeps the line of a training's status at the bottom of the terminal.
final class TrainingProgress: SolverObserver {
  private let line: TerminalLine
  private let environment: TerminalEnvironment
  private let start = ContinuousClock.now
  private let first: Int
  private var status = TrainingStatus()
  private var next = ContinuousClock.now
  private var lastDraw: (time: ContinuousClock.Instant, iteration: Int)
  private var nextMemory = ContinuousClock.now
  /// How long the data were waited for when it was last looked at.
  private var waiting: (time: ContinuousClock.Instant, total: Duration, isKnown: Bool)
  private var smoothed = (sum: 0.0, weight: 0.0)

  private static let interval = Duration.milliseconds(100)
  /// The share that a loss keeps from one iteration to the next.
  private static let memory = 0.98

  init(_ line: TerminalLine, _ environment: TerminalEnvironment, solver: Solver) {
    self.line = line
    self.environment = environment
    first = solver.iteration
    lastDraw = (start, solver.iteration)
    waiting = (start, .zero, false)
    status.maximum = Int(solver.parameter.maxIter)
  }

  func solverBeginsIteration(_ solver: Solver) {
    if solver.iteration > first { add(Double(solver.smoothedLoss)) }
    let now = ContinuousClock.now
    guard now >= next else { return }
    next = now + TrainingProgress.interval
    draw(solver, at: now)
  }

  func solver(_ solver: Solver, tested report: TestReport) {
    guard report.testNet == 0, let output = report.outputs.first(where: { !$0.isLoss }) ?? report.outputs.first else {
      return
    }
    let value = Double(output.value)
    var best = status.test.map(\.best) ?? value
    if output.isLoss ? value < best || best.isNaN : value > best || best.isNaN { best = value }
    status.test = (output.name, value, best)
  }

  private func add(_ loss: Double) {
    // After a loss that is no number the mean begins anew, or it would be none for good.
    if !smoothed.sum.isFinite { smoothed = (0, 0) }
    smoothed.sum = TrainingProgress.memory * smoothed.sum + loss
    smoothed.weight = TrainingProgress.memory * smoothed.weight + 1
  }

  private func draw(_ solver: Solver, at now: ContinuousClock.Instant) {
    status.iteration = solver.iteration
    status.rate = Double(solver.learningRate)
    if smoothed.weight > 0 { status.loss = smoothed.sum / smoothed.weight }
    let lapse = (now - lastDraw.time) / .seconds(1)
    let done = solver.iteration - lastDraw.iteration
    // Slow nets need several draws for an iteration.
    if done > 0, lapse > 0 {
      let speed = Double(done) / lapse
      status.iterationsPerSecond = status.iterationsPerSecond.map { 0.8 * $0 + 0.2 * speed } ?? speed
      lastDraw = (now, solver.iteration)
    }
    if solver.iteration > first {
      // From the beginning, so that tests and snapshots count.
      let each = (now - start) / .seconds(1) / Double(solver.iteration - first)
      status.secondsLeft = each * Double(max(0, status.maximum - solver.iteration))
    }
    if now >= nextMemory {
      // Over the last second, so that it is seen when it changes.
      let waited = solver.net.timeWaitedForData
      let passed = (now - waiting.time) / .seconds(1)
      if waiting.isKnown, passed > 0 {
        let share = min(1, (waited - waiting.total) / .seconds(1) / passed)
        status.waiting = share < 0.005 ? nil : share
      }
      waiting = (now, waited, true)
      nextMemory = now + .seconds(1)
      status.memory = Platform.residentMemory
    }
    line.show(environment.text.line(status))
  }

  /// Takes the line away.
  func finish() { line.show("") }
}

extension OutputValue {
  /// Whether less of it is better.
  fileprivate var isLoss: Bool { lossWeight != 0 || name.lowercased().contains("loss") }
}

/// What the terminal can do, by its variables.
struct TerminalEnvironment {
  private let hasColor: Bool
  private let hasBlocks: Bool
  /// Whether a line that is written over makes sense: on a terminal, but not where a machine reads.
  let isLive: Bool

  init(_ environment: [String: String]) {
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    hasColor = !isSet("NO_COLOR")
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    hasBlocks = locale.lowercased().contains("utf")
    isLive = ProgressLine.isWanted(environment, isTerminal: Platform.isTerminal(Platform.standardError))
  }

  /// How lines are made for the terminal as wide as it is now.
  var text: ProgressText {
    ProgressText(width: Platform.columns, hasColor: hasColor, hasBlocks: hasBlocks)
  }
}
