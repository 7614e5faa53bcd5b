import CaffeDrawing
import CaffeRuns

/// The curves of a run.
struct RunCurves {
  /// Losses of training and tests.
  private(set) var losses: [Chart.Curve] = []
  /// The other outputs, and the panel that each goes into.
  private(set) var others: [(panel: String, curve: Chart.Curve)] = []
  /// The learning rate.
  private(set) var rate: Chart.Curve?

  private let run: RunHistory
  /// Which of several runs it is, and so its colour; nil where it is alone and colours tell its curves apart.
  private let index: Int?
  private let axis: (Int, Double?) -> Double?
  private let smoothing: Double?

  init(
    _ run: RunHistory, index: Int?, axis: @escaping (Int, Double?) -> Double?, smoothing: Double?
  ) {
    self.run = run
    self.index = index
    self.axis = axis
    self.smoothing = smoothing
    addTraining()
    addTests()
  }

  private func color(_ own: Int) -> String { Chart.color(index ?? own) }

  private func curve(
    _ name: String, _ color: String, _ points: [(x: Double?, y: Double)], isTest: Bool = false, isSmooth: Bool = false
  ) -> Chart.Curve? {
    let placed = points.compactMap { point in point.x.map { ($0, point.y) } }.filter { $0.0.isFinite }
    guard !placed.isEmpty else { return nil }
    let full = index == nil ? name : "\(run.name): \(name)"
    let smooths = isSmooth || (isTest && placed.count > RunCurves.denseTests)
    let width = smoothing ?? max(1, (Double(placed.count) / 30).rounded())
    return Chart.Curve(
      full, color: color, isDashed: isTest && index != nil, x: placed.map(\.0), y: placed.map(\.1),
      smoothing: smooths ? width : 1, hasDots: isTest)
  }

  /// More test runs than these are smoothed, too.
  private static let denseTests = 100

  private mutating func addTraining() {
    func x(_ point: RunHistory.Training) -> Double? { axis(point.iteration, point.seconds) }
    let losses = run.training.compactMap { point in point.loss.map { (x: x(point), y: $0) } }
    if let curve = curve("training loss", color(0), losses, isSmooth: true) { self.losses.append(curve) }
    let rates = run.training.compactMap { point in point.rate.map { (x: x(point), y: $0) } }
    rate = curve("learning rate", index == nil ? "#555555" : color(0), rates)
    for name in names(run.training.map(\.outputs)) {
      let points = run.training.compactMap { point in
        point.outputs.first { $0.name == name && !$0.isLoss }.map { (x: x(point), y: $0.value) }
      }
      guard let curve = curve("training \(name)", color(0), points, isSmooth: true) else { continue }
      others.append((RunCurves.panel(of: name), curve))
    }
  }

  private mutating func addTests() {
    let nets = Set(run.tests.map(\.net)).sorted()
    for net in nets {
      let tests = run.tests.filter { $0.net == net }
      for name in names(tests.map(\.outputs)) {
        let values = tests.compactMap { test in test.outputs.first { $0.name == name }.map { (test, $0) } }
        let isLoss = values.contains { $0.1.isLoss }
        let panel = RunCurves.panel(of: name)
        let count =
          isLoss ? losses.filter(\.hasDots).count : others.filter { $0.panel == panel && $0.curve.hasDots }.count
        let points = values.map { (x: axis($0.0.iteration, $0.0.seconds), y: $0.1.value) }
        let title = nets.count > 1 ? "test net \(net) \(name)" : "test \(name)"
        guard let curve = curve(title, color(1 + count), points, isTest: true) else { continue }
        if isLoss { losses.append(curve) } else { others.append((panel, curve)) }
      }
    }
  }

  /// Accuracies of all kinds share a panel, other outputs have one each, whatever the number of their values.
  private static func panel(of name: String) -> String {
    let lowered = name.lowercased()
    if lowered.contains("acc") || lowered.hasPrefix("top") { return "accuracy" }
    return lowered.hasPrefix("score ") ? "test scores" : String(name.prefix { $0 != "[" })
  }

  private func names(_ outputs: [[RunHistory.Output]]) -> [String] {
    var seen: Set<String> = []
    return outputs.joined().map(\.name).filter { seen.insert($0).inserted }
  }
}
