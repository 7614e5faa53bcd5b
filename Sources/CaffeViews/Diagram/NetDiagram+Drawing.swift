import CaffeDrawing

extension NetDiagram {
  /// The diagram drawn by ourselves, for where there is no Graphviz.
  public func drawing(_ direction: Direction) -> SVGDrawing {
    DiagramPainter(self, direction).drawing()
  }
}

/// Draws a diagram.
private struct DiagramPainter {
  private static let margin = 16.0
  private static let title = TextStyle(size: 13, color: "#000000", isBold: true, anchor: .middle)
  private static let text = TextStyle(size: 11, color: "#222222", anchor: .middle)
  private static let label = TextStyle(size: 9, color: "#444444", anchor: .middle, hasEdge: true)
  private static let heading = TextStyle(size: 16, color: "#000000", isBold: true)
  private static let lineHeight = 15.0

  private let diagram: NetDiagram
  private let direction: NetDiagram.Direction
  private let sizes: [(width: Double, height: Double)]
  private let layout: LayeredLayout
  /// Where each rank begins, along the diagram's direction, and how deep it is.
  private let starts: [Double]
  private let depths: [Double]
  private let space: Double

  init(_ diagram: NetDiagram, _ direction: NetDiagram.Direction) {
    self.diagram = diagram
    self.direction = direction
    sizes = diagram.boxes.map { box in
      let widths = [DiagramPainter.title.width(of: box.title)] + box.lines.map(DiagramPainter.text.width)
      return (max(60, widths.max() ?? 0) + 16, Double(1 + box.lines.count) * DiagramPainter.lineHeight + 10)
    }
    let isHorizontal = direction.isHorizontal
    layout = LayeredLayout(
      sizes: sizes.map { isHorizontal ? (breadth: $0.height, depth: $0.width) : (breadth: $0.width, depth: $0.height) },
      arrows: diagram.arrows.map { (from: $0.from, to: $0.to) }, gap: isHorizontal ? 18 : 26)
    // Labels stand between the ranks.
    let widest = diagram.arrows.map { DiagramPainter.label.width(of: $0.label) }.max() ?? 0
    let space = isHorizontal ? min(widest, 120) + 24 : 38
    let nodes = layout.nodes
    let depths = layout.ranks.map { rank in rank.map { nodes[$0].depth }.max() ?? 0 }
    var starts: [Double] = []
    for rank in depths.indices { starts.append(rank == 0 ? 0 : starts[rank - 1] + depths[rank - 1] + space) }
    (self.depths, self.starts, self.space) = (depths, starts, space)
  }

  private var breadth: Double { layout.nodes.map { $0.center + $0.breadth / 2 }.max() ?? 0 }
  private var depth: Double { (starts.last ?? 0) + (depths.last ?? 0) }

  func drawing() -> SVGDrawing {
    let headingWidth = DiagramPainter.heading.width(of: diagram.title)
    let across = direction.isHorizontal ? depth : breadth
    let down = direction.isHorizontal ? breadth : depth
    var drawing = SVGDrawing(
      width: max(across, headingWidth) + 2 * DiagramPainter.margin, height: down + 2 * DiagramPainter.margin + 30)
    drawing.text(diagram.title, at: (DiagramPainter.margin, DiagramPainter.margin + 12), DiagramPainter.heading)
    for (arrow, path) in zip(diagram.arrows, layout.paths) { draw(arrow, path, &drawing) }
    for index in diagram.boxes.indices { draw(diagram.boxes[index], index, &drawing) }
    return drawing
  }

  // MARK: - Places

  /// A point at `along` the direction of the diagram and `across` it.
  private func point(_ along: Double, _ across: Double) -> SVGDrawing.Point {
    let (x, y): (Double, Double) =
      switch direction {
      case .leftToRight: (along, across)
      case .rightToLeft: (depth - along, across)
      case .topToBottom: (across, along)
      case .bottomToTop: (across, depth - along)
      }
    return (x + DiagramPainter.margin, y + DiagramPainter.margin + 30)
  }

  private func middle(_ node: Int) -> Double { starts[layout.nodes[node].rank] + depths[layout.nodes[node].rank] / 2 }

  // MARK: - Parts

  private func draw(_ box: NetDiagram.Box, _ index: Int, _ drawing: inout SVGDrawing) {
    let center = point(middle(index), layout.nodes[index].center)
    let (width, height) = sizes[index]
    let (left, top) = (center.x - width / 2, center.y - height / 2)
    let radius = box.kind == .output ? height / 2 : 6
    drawing.rectangle(
      x: left - 1, y: top - 1, width: width + 2, height: height + 2, fill: "#777777", radius: radius + 1)
    drawing.rectangle(
      x: left, y: top, width: width, height: height, fill: box.kind.color, radius: radius,
      hint: ([box.title] + box.lines).joined(separator: "\n"))
    drawing.text(box.title, at: (center.x, top + 17), DiagramPainter.title)
    for (line, text) in box.lines.enumerated() {
      drawing.text(text, at: (center.x, top + 17 + Double(line + 1) * DiagramPainter.lineHeight), DiagramPainter.text)
    }
  }

  private func draw(_ arrow: NetDiagram.Arrow, _ path: [Int], _ drawing: inout SVGDrawing) {
    let nodes = layout.nodes
    var stops: [(along: Double, across: Double)] = [
      (middle(path[0]) + nodes[path[0]].depth / 2, nodes[path[0]].center)
    ]
    for node in path.dropFirst().dropLast() {
      let rank = nodes[node].rank
      stops.append((starts[rank], nodes[node].center))
      stops.append((starts[rank] + depths[rank], nodes[node].center))
    }
    let last = path[path.count - 1]
    stops.append((middle(last) - nodes[last].depth / 2, nodes[last].center))
    var points: [SVGDrawing.Point] = []
    for (from, to) in zip(stops, stops.dropFirst()) { points += curve(from, to) }
    let stroke = Stroke("#777777", width: 1.2)
    drawing.line(points, stroke)
    let end = stops[stops.count - 1]
    drawing.line(
      [point(end.along - 6, end.across - 3.5), point(end.along, end.across), point(end.along - 6, end.across + 3.5)],
      stroke)
    label(arrow, stops, &drawing)
  }

  /// From stop to stop in a bow that begins and ends in the diagram's direction.
  private func curve(_ from: (along: Double, across: Double), _ to: (along: Double, across: Double)) -> [SVGDrawing
    .Point]
  {
    guard abs(from.across - to.across) > 0.5 else {
      return [point(from.along, from.across), point(to.along, to.across)]
    }
    return (0...12).map { step in
      let share = Double(step) / 12
      let smooth = share * share * (3 - 2 * share)
      return point(from.along + (to.along - from.along) * share, from.across + (to.across - from.across) * smooth)
    }
  }

  /// The label stands at the last gap: arrows that part from one box have it where they are apart.
  private func label(
    _ arrow: NetDiagram.Arrow, _ stops: [(along: Double, across: Double)], _ drawing: inout SVGDrawing
  ) {
    let (from, to) = (stops[stops.count - 2], stops[stops.count - 1])
    let place = point(
      (from.along + to.along) / 2 + (direction.isHorizontal ? 2 : 6), (from.across * 0.3 + to.across * 0.7))
    if direction.isHorizontal {
      drawing.text(arrow.label, at: (place.x, place.y - 4), DiagramPainter.label)
    } else {
      var style = DiagramPainter.label
      style.anchor = .start
      drawing.text(arrow.label, at: (place.x + 5, place.y + 3), style)
    }
  }
}
