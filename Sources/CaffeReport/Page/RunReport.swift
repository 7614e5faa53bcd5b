import CaffeCore
import CaffeData
import CaffeDrawing
import CaffeRuns
import Foundation

/// A page about a run: one HTML file that needs nothing else, no network either.
public struct RunReport {
  /// The run.
  public var run: RunHistory
  /// What the net makes of its test set, or why nobody knows.
  public var testSet: Result<TestSetResult, CaffeError>?
  /// The filters of the first layer.
  public var filters: (layer: String, picture: Picture)?
  /// The names of the classes.
  public var labels: [String] = []
  /// The weights that were looked at.
  public var weights: String?

  /// Makes a page of what is known without the net.
  public init(_ run: RunHistory) { self.run = run }

  /// The page.
  ///
  /// - Throws: `CaffeError` when there is no curve to draw or a picture can't be made.
  public func html() throws -> String {
    var page = HTMLPage(title: run.name)
    page.add(element: "h1", run.name)
    page.raw(cards())
    var drawing = RunChart()
    drawing.title = ""
    page.section("Curves")
    page.raw("<figure>\(try drawing.chart(of: [run]).drawing().svg)</figure>")
    try addTestSet(to: &page)
    if let filters {
      page.section("Filters of \(filters.layer)")
      page.raw("<img class=\"pixels\" alt=\"filters\" src=\"\(try HTMLPage.dataAddress(filters.picture))\">")
    }
    addSettings(to: &page)
    return page.text
  }

  // MARK: - Summary

  private func cards() -> String {
    var cards: [(String, String)] = []
    for name in Set(run.tests.flatMap(\.outputs).filter(\.isAccuracy).map(\.name)).sorted().prefix(2) {
      let values = run.tests.compactMap { test in
        test.outputs.first { $0.name == name }.map { (test.iteration, $0.value) }
      }
      if let best = values.max(by: { $0.1 < $1.1 }) {
        cards.append(("best \(name), iteration \(best.0)", best.1.general))
      }
    }
    if let test = run.tests.last, let output = test.outputs.first(where: \.isLoss) {
      cards.append(("last test \(output.name)", output.value.general))
    }
    if let loss = run.training.last(where: { $0.loss != nil })?.loss {
      cards.append(("last training loss", loss.general))
    }
    if let last = run.training.last {
      cards.append(("iterations", String(max(last.iteration, run.tests.last?.iteration ?? 0))))
    }
    if let seconds = (run.training.compactMap(\.seconds) + run.tests.compactMap(\.seconds)).max() {
      cards.append(("time", RunReport.duration(seconds)))
    }
    let speeds = run.training.compactMap(\.iterationsPerSecond).sorted()
    if !speeds.isEmpty { cards.append(("iterations a second, median", speeds[speeds.count / 2].general)) }
    if let outcome = run.outcome { cards.append(("ended", outcome)) }
    return "<div class=\"cards\">"
      + cards.map { name, value in
        "<div><b>\(SVGDrawing.escaped(value))</b><span>\(SVGDrawing.escaped(name))</span></div>"
      }.joined() + "</div>"
  }

  private static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e12 else { return seconds.general }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(((seconds * 10).rounded() / 10).general) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  // MARK: - The test set

  private func name(_ index: Int) -> String { index < labels.count ? labels[index] : String(index) }

  private func addTestSet(to page: inout HTMLPage) throws {
    guard let testSet else { return }
    page.section("Test set")
    switch testSet {
    case .failure(let error): page.add(element: "p", "The net couldn't be run on its test set: \(error)")
    case .success(let result):
      let share = result.total > 0 ? Double(result.correct) / Double(result.total) : 0
      page.add(
        element: "p",
        "\(result.correct) of \(result.total) records right (\((share * 100).general) %)"
          + (weights.map { ", by \($0)" } ?? ""))
      page.raw(result.classes <= 25 ? matrix(result) : pairs(result))
      guard !result.mistakes.isEmpty else { return }
      page.section("Worst mistakes")
      page.raw("<div class=\"mistakes\">" + (try result.mistakes.map(mistake).joined()) + "</div>")
    }
  }

  private func matrix(_ result: TestSetResult) -> String {
    let all = 0..<result.classes
    var text =
      "<table class=\"matrix\"><caption>Rows are classes, columns what the net took them for.</caption><tr><th></th>"
    text += all.map { "<th>\(SVGDrawing.escaped(name($0)))</th>" }.joined() + "</tr>"
    for label in all {
      let row = all.map { result.count(label: label, guess: $0) }
      let sum = max(1, row.reduce(0, +))
      text += "<tr><th>\(SVGDrawing.escaped(name(label)))</th>"
      for (guess, count) in row.enumerated() {
        // The root lets rare mistakes be seen.
        let depth = (Double(count) / Double(sum)).squareRoot()
        let color = guess == label ? "0,114,178" : "213,94,0"
        let isDark = depth > 0.6
        text +=
          "<td style=\"background:rgba(\(color),\((depth * 100).rounded() / 100))\(isDark ? ";color:#fff" : "")\">"
        text += (count > 0 ? String(count) : "") + "</td>"
      }
      text += "</tr>"
    }
    return text + "</table>"
  }

  private func pairs(_ result: TestSetResult) -> String {
    let rows = result.confusions(limit: 20).map { pair in
      "<tr><td>\(SVGDrawing.escaped(name(pair.label)))</td><td>\(SVGDrawing.escaped(name(pair.guess)))</td><td>\(pair.count)</td></tr>"
    }
    return "<table><tr><th>class</th><th>taken for</th><th>times</th></tr>\(rows.joined())</table>"
  }

  private func mistake(_ mistake: TestSetResult.Mistake) throws -> String {
    let hint = SVGDrawing.escaped(mistake.record ?? "")
    let image = try mistake.picture.map {
      "<img class=\"pixels\" alt=\"\(hint)\" src=\"\(try HTMLPage.dataAddress($0))\">"
    }
    let percent = (mistake.guessProbability * 100).rounded().general
    return "<figure title=\"\(hint)\">\(image ?? "")<figcaption>\(SVGDrawing.escaped(name(mistake.label))) taken for "
      + "<b>\(SVGDrawing.escaped(name(mistake.guess)))</b>, \(percent) %</figcaption></figure>"
  }

  // MARK: - Settings

  private func addSettings(to page: inout HTMLPage) {
    guard let settings = run.settings else { return }
    page.section("Settings")
    var rows = [
      ("command", settings.command.joined(separator: " ")), ("folder", settings.folder), ("time", settings.time),
      ("caffe", settings.version), ("engine", settings.engine), ("machine", settings.host)
    ]
    if let git = settings.git { rows.append(("git", git.commit + (git.isChanged ? ", with changes" : ""))) }
    if let snapshot = settings.snapshot { rows.append(("went on from", snapshot)) }
    if let size = settings.batchSize { rows.append(("records in an iteration", String(size))) }
    if let count = settings.iterationsPerEpoch { rows.append(("iterations in an epoch", count.general)) }
    page.raw(
      "<table>"
        + rows.map { name, value in
          "<tr><th>\(name)</th><td>\(SVGDrawing.escaped(value))</td></tr>"
        }.joined() + "</table>")
    for (title, text) in [("The solver", settings.solver), ("The net", settings.net)] where !text.isEmpty {
      page.raw("<details><summary>\(title)</summary><pre>\(SVGDrawing.escaped(text))</pre></details>")
    }
  }
}
