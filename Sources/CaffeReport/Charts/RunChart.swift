import CaffeCore
import CaffeDrawing
import CaffeRuns

/// The curves of one run, or of several over one another.
public struct RunChart: Sendable {
  /// What curves are drawn against.
  public enum Axis: String, CaseIterable, Sendable {
    /// Iterations.
    case iterations
    /// Time since the training began.
    case seconds
    /// How often all records have come.
    case epochs
  }

  /// What is drawn.
  public enum Quantity: String, CaseIterable, Sendable {
    /// Losses, of training and tests.
    case loss
    /// The other outputs.
    case accuracy
    /// The learning rate.
    case rate
  }

  /// What curves are drawn against.
  public var axis = Axis.iterations
  /// What is drawn, from the top.
  public var quantities: [Quantity] = Quantity.allCases
  /// Over how many points training curves are smoothed; nil for a thirtieth of them.
  public var smoothing: Double?
  /// Whether the axes of losses and rates are logarithmic.
  public var isLogarithmic = false
  /// The number of iterations in an epoch, where a run doesn't tell.
  public var iterationsPerEpoch: Double?
  /// The heading; that of the run by default.
  public var title: String?

  /// Makes the choices that people mostly want.
  public init() {}

  /// The chart of `runs`.
  ///
  /// - Throws: `CaffeError` when a run doesn't tell what its curves are to be drawn against, or there is nothing to draw.
  public func chart(of runs: [RunHistory]) throws -> Chart {
    let curves = try runs.enumerated().map { index, run in
      try RunCurves(
        run, index: runs.count > 1 ? index : nil, axis: horizontalAxis(of: run, among: runs), smoothing: smoothing)
    }
    let panels = quantities.flatMap { self.panels($0, curves) }
    guard !panels.isEmpty else {
      throw CaffeError(
        .value,
        "none of \(quantities.map(\.rawValue).joined(separator: ", ")) is in \(runs.map(\.name).joined(separator: ", "))"
      )
    }
    let heading = runs.count == 1 ? runs[0].name : "\(runs.count) runs"
    return Chart(
      title ?? heading, subtitle: runs.count == 1 ? runs[0].summary : "", horizontalTitle: unit(of: runs).title,
      panels: panels, legend: legend(panels, runs))
  }

  private func panels(_ quantity: Quantity, _ runs: [RunCurves]) -> [Chart.Panel] {
    switch quantity {
    case .loss:
      let curves = runs.flatMap(\.losses)
      return curves.isEmpty ? [] : [Chart.Panel("loss", isLogarithmic: isLogarithmic, curves: curves)]
    case .rate:
      let curves = runs.compactMap(\.rate)
      return curves.isEmpty ? [] : [Chart.Panel("learning rate", isLogarithmic: isLogarithmic, curves: curves)]
    case .accuracy:
      var titles: [String] = []
      for title in runs.flatMap({ $0.others.map(\.panel) }) where !titles.contains(title) { titles.append(title) }
      // More than these nobody could read.
      return titles.prefix(8).map { title in
        Chart.Panel(title, curves: runs.flatMap { $0.others.filter { $0.panel == title }.map(\.curve) })
      }
    }
  }

  private func legend(_ panels: [Chart.Panel], _ runs: [RunHistory]) -> [Chart.LegendEntry] {
    let curves = panels.filter { $0.title != "learning rate" }.flatMap(\.curves)
    if runs.count > 1 {
      var entries = runs.enumerated().map { Chart.LegendEntry($1.name, color: Chart.color($0)) }
      if curves.contains(where: \.isDashed), curves.contains(where: { !$0.isDashed }) {
        entries.append(Chart.LegendEntry("training", color: "#777777"))
        entries.append(Chart.LegendEntry("test", color: "#777777", isDashed: true, hasDots: true))
      }
      return entries
    }
    let many = panels.contains { panel in
      panel.curves.filter(\.hasDots).count > 1 || panel.curves.filter { !$0.hasDots }.count > 1
    }
    var entries: [Chart.LegendEntry] = []
    for curve in curves {
      let text = many ? curve.name : curve.hasDots ? "test" : "training"
      let entry = Chart.LegendEntry(text, color: curve.color, isDashed: curve.isDashed, hasDots: curve.hasDots)
      if !entries.contains(entry) { entries.append(entry) }
    }
    return entries.count > 1 ? entries : []
  }

  // MARK: - The horizontal axis

  private func unit(of runs: [RunHistory]) -> (title: String, size: Double) {
    switch axis {
    case .iterations: return ("iterations", 1)
    case .epochs: return ("epochs", 1)
    case .seconds:
      let longest = runs.flatMap { $0.training.compactMap(\.seconds) + $0.tests.compactMap(\.seconds) }.max() ?? 0
      return longest < 180
        ? ("seconds", 1) : longest < 10_800 ? ("minutes", 60) : longest < 432_000 ? ("hours", 3600) : ("days", 86_400)
    }
  }

  private func horizontalAxis(of run: RunHistory, among runs: [RunHistory]) throws -> (Int, Double?) -> Double? {
    switch axis {
    case .iterations: return { iteration, _ in Double(iteration) }
    case .seconds:
      guard run.training.contains(where: { $0.seconds != nil }) || run.tests.contains(where: { $0.seconds != nil })
      else {
        throw CaffeError(.value, "\(run.name) has no times; draw it against iterations")
      }
      let size = unit(of: runs).size
      return { _, seconds in seconds.map { $0 / size } }
    case .epochs:
      guard let count = iterationsPerEpoch ?? run.settings?.iterationsPerEpoch, count > 0 else {
        throw CaffeError(
          .value,
          "\(run.name) doesn't tell how many iterations make an epoch; give --iterations-per-epoch=N, the number of "
            + "records divided by the batch size")
      }
      return { iteration, _ in Double(iteration) / count }
    }
  }
}

extension RunHistory {
  /// The best and last values, in a line.
  public var summary: String {
    var parts: [String] = []
    if let last = training.last(where: { $0.loss != nil }), let loss = last.loss {
      parts.append("loss \(loss.general) at iteration \(last.iteration)")
    }
    for name in Set(tests.flatMap(\.outputs).filter(\.isAccuracy).map(\.name)).sorted().prefix(3) {
      let values = tests.compactMap { test in test.outputs.first { $0.name == name }.map { (test.iteration, $0.value) }
      }
      guard let best = values.max(by: { $0.1 < $1.1 }) else { continue }
      parts.append("best \(name) \(best.1.general) at iteration \(best.0)")
    }
    return parts.joined(separator: " · ")
  }
}

extension RunHistory.Output {
  /// Whether it is part of the loss, or called so.
  var isLoss: Bool { lossWeight != 0 || name.lowercased().contains("loss") }

  /// Whether more of it is better, by its name.
  var isAccuracy: Bool { !isLoss && (name.lowercased().contains("acc") || name.lowercased().hasPrefix("top")) }
}
