import CaffeCore

extension Chart {
  /// The chart as a drawing.
  public func drawing() -> SVGDrawing {
    var painter = ChartPainter(self)
    return painter.paint()
  }
}

/// Lays a chart out and draws it.
private struct ChartPainter {
  private let chart: Chart
  private let horizontal: Scale
  private let scales: [Scale]
  private let notes: [String]
  private let legendRows: [[LegendItem]]
  private let left: Double
  private var drawing: SVGDrawing

  private static let right = 28.0
  private static let gap = 46.0
  private static let legendRow = 22.0
  private let headHeight: Double

  private let ink = "#333333"
  private let soft = "#6b6b6b"
  private let grid = "#e4e4e4"
  private static let label = TextStyle(size: 12, color: "#6b6b6b")
  private static let legendText = TextStyle(size: 13, color: "#333333")

  init(_ chart: Chart) {
    self.chart = chart
    let curves = chart.panels.flatMap(\.curves)
    horizontal = Scale(curves.flatMap(\.x).filter(\.isFinite), isLogarithmic: false, count: 8, endsOnTicks: false)
    let views = chart.panels.map { PanelView($0) }
    scales = zip(chart.panels, views).map { panel, view in
      Scale(view.values, isLogarithmic: panel.isLogarithmic, count: 5, endsOnTicks: true)
    }
    notes = views.map { $0.leavesOutBeginning ? "the beginning lies outside" : "" }
    let widest = scales.flatMap(\.ticks).map { ChartPainter.label.width(of: $0.label) }.max() ?? 20
    left = 24 + widest + 10
    let marked = zip(chart.panels, scales).contains { panel, scale in
      panel.curves.contains { $0.y.contains { !scale.shows($0) } }
    }
    legendRows = ChartPainter.rows(chart, hasMarks: marked, width: chart.width - left - ChartPainter.right)
    headHeight =
      (chart.title.isEmpty ? 16 : 44) + (chart.subtitle.isEmpty ? 0 : 20)
      + Double(legendRows.count) * ChartPainter.legendRow
    let count = Double(chart.panels.count)
    drawing = SVGDrawing(
      width: chart.width, height: headHeight + count * (chart.panelHeight + ChartPainter.gap) + 34)
  }

  mutating func paint() -> SVGDrawing {
    paintHead()
    for index in chart.panels.indices {
      let top = headHeight + Double(index) * (chart.panelHeight + ChartPainter.gap) + ChartPainter.gap - 8
      paintGrid(scales[index], top: top)
      drawing.text(
        chart.panels[index].title, at: (left, top - 10), TextStyle(size: 13, color: ink, isBold: true))
      drawing.text(
        notes[index], at: (left + fieldWidth, top - 10), TextStyle(size: 11, color: soft, anchor: .end))
      paintCurves(chart.panels[index], scales[index], top: top)
      if index == chart.panels.count - 1 { paintHorizontalAxis(bottom: top + chart.panelHeight) }
    }
    return drawing
  }

  // MARK: - Head

  /// An entry, or what the crosses stand for.
  private enum LegendItem {
    case entry(Chart.LegendEntry)
    case crosses(String)

    var text: String {
      switch self {
      case .entry(let entry): entry.text
      case .crosses(let text): text
      }
    }

    var width: Double { 36 + ChartPainter.legendText.width(of: text) + 20 }
  }

  private static func rows(_ chart: Chart, hasMarks: Bool, width: Double) -> [[LegendItem]] {
    var items = chart.legend.map { LegendItem.entry($0) }
    if hasMarks {
      let hasLogarithm = chart.panels.contains(where: \.isLogarithmic)
      items.append(.crosses(hasLogarithm ? "not finite, or not above 0" : "not a finite number"))
    }
    var rows: [[LegendItem]] = []
    var used = 0.0
    for item in items {
      if rows.isEmpty || used + item.width > width {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(item)
      used += item.width
    }
    return rows
  }

  private mutating func paintHead() {
    var y = chart.title.isEmpty ? 6.0 : 34
    drawing.text(chart.title, at: (left, y), TextStyle(size: 18, color: ink, isBold: true))
    if !chart.subtitle.isEmpty {
      y += 20
      drawing.text(chart.subtitle, at: (left, y), TextStyle(size: 12, color: soft))
    }
    for row in legendRows {
      y += ChartPainter.legendRow
      var x = left
      for item in row {
        switch item {
        case .crosses: cross(at: (x + 14, y - 4), color: ink)
        case .entry(let entry):
          let stroke = Stroke(entry.color, width: 2.5, dashes: entry.isDashed ? [6, 4] : [])
          drawing.line([(x, y - 4), (x + 28, y - 4)], stroke)
          if entry.hasDots { drawing.dot(at: (x + 14, y - 4), radius: 3, fill: entry.color) }
        }
        drawing.text(item.text, at: (x + 36, y), ChartPainter.legendText)
        x += item.width
      }
    }
  }

  // MARK: - Axes

  private var fieldWidth: Double { chart.width - left - ChartPainter.right }

  private func place(_ value: Double) -> Double { left + horizontal.share(value) * fieldWidth }

  private mutating func paintGrid(_ scale: Scale, top: Double) {
    let bottom = top + chart.panelHeight
    for value in scale.minorTicks {
      let y = bottom - scale.share(value) * chart.panelHeight
      drawing.line([(left, y), (left + fieldWidth, y)], Stroke("#f1f1f1"))
    }
    for tick in horizontal.ticks {
      drawing.line([(place(tick.value), top), (place(tick.value), bottom)], Stroke("#f1f1f1"))
    }
    for tick in scale.ticks {
      let y = bottom - scale.share(tick.value) * chart.panelHeight
      drawing.line([(left, y), (left + fieldWidth, y)], Stroke(grid))
      var style = ChartPainter.label
      style.anchor = .end
      drawing.text(tick.label, at: (left - 8, y + 4), style)
    }
    drawing.line([(left, bottom), (left + fieldWidth, bottom)], Stroke("#9a9a9a"))
  }

  private mutating func paintHorizontalAxis(bottom: Double) {
    var style = ChartPainter.label
    for tick in horizontal.ticks {
      drawing.line([(place(tick.value), bottom), (place(tick.value), bottom + 5)], Stroke("#9a9a9a"))
      let half = style.width(of: tick.label) / 2
      style.anchor = place(tick.value) + half > chart.width - 4 ? .end : .middle
      let x = style.anchor == .end ? chart.width - 6 : place(tick.value)
      drawing.text(tick.label, at: (x, bottom + 19), style)
    }
    style.anchor = .middle
    drawing.text(
      chart.horizontalTitle, at: (left + fieldWidth / 2, bottom + 40),
      TextStyle(size: 13, color: ink, anchor: .middle))
  }

  // MARK: - Curves

  private mutating func paintCurves(_ panel: Chart.Panel, _ scale: Scale, top: Double) {
    let (left, width, height) = (left, fieldWidth, chart.panelHeight)
    let bottom = top + height
    let horizontal = horizontal
    // A margin, so that dots and strokes at the edges stay whole.
    drawing.clipped(x: left - 5, y: top - 5, width: width + 10, height: height + 10) { drawing in
      func points(_ curve: Chart.Curve, _ heights: [Double]) -> [[SVGDrawing.Point]] {
        Smoothing.pieces(heights.map { scale.shows($0) ? $0 : .nan }).map { piece in
          piece.map { index in
            (x: left + horizontal.share(curve.x[index]) * width, y: bottom - scale.share(heights[index]) * height)
          }
        }
      }
      for curve in panel.curves where curve.smoothing > 1 {
        for piece in points(curve, curve.y) {
          drawing.line(LineThinning.thinned(piece), Stroke(curve.color, width: 1, opacity: 0.25))
        }
      }
      for curve in panel.curves {
        let heights = Smoothing.smoothed(curve.y.map { scale.shows($0) ? $0 : .nan }, width: curve.smoothing)
        for piece in points(curve, heights) {
          drawing.line(
            LineThinning.thinned(piece), Stroke(curve.color, width: 2, dashes: curve.isDashed ? [6, 4] : []),
            hint: curve.name)
          guard (curve.hasDots && curve.x.count <= 100) || piece.count == 1 else { continue }
          for point in piece { drawing.dot(at: point, radius: piece.count > 60 ? 1.8 : 2.8, fill: curve.color) }
        }
      }
    }
    for curve in panel.curves { paintGaps(curve, scale, bottom: bottom) }
  }

  /// Crosses on the axis at both ends of each stretch without heights, and between them a line.
  private mutating func paintGaps(_ curve: Chart.Curve, _ scale: Scale, bottom: Double) {
    let missing = curve.y.map { scale.shows($0) ? Double.nan : 0 }
    for gap in Smoothing.pieces(missing) {
      let ends = [place(curve.x[gap.lowerBound]), place(curve.x[gap.upperBound - 1])]
      drawing.line([(ends[0], bottom), (ends[1], bottom)], Stroke(curve.color, width: 2, opacity: 0.6))
      for x in Set(ends) { cross(at: (x, bottom), color: curve.color) }
    }
  }

  private mutating func cross(at center: SVGDrawing.Point, color: String) {
    for sign in [-1.0, 1] {
      drawing.line(
        [(center.x - 4, center.y - 4 * sign), (center.x + 4, center.y + 4 * sign)], Stroke(color, width: 2))
    }
  }
}
