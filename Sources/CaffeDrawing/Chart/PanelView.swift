/// Which part of a panel's values is looked at.
struct PanelView {
  /// The values that the axis is to hold.
  let values: [Double]
  /// Whether those of the beginning aren't among them.
  let leavesOutBeginning: Bool

  /// A curve that has settled takes a quarter of the height or less where the axis holds its beginning, too.
  private static let settledShare = 0.25
  private static let beginning = 0.05

  /// Looks at all of `panel`, or, where the first twentieth alone would make a flat line of the rest, at the rest.
  init(_ panel: Chart.Panel) {
    let points = panel.curves.flatMap { zip($0.x, $0.y) }.filter { $1.isFinite && (!panel.isLogarithmic || $1 > 0) }
    let all = points.map(\.1)
    let places = points.map(\.0)
    guard !panel.isLogarithmic, let first = places.min(), let last = places.max(), last > first else {
      (values, leavesOutBeginning) = (all, false)
      return
    }
    // A curve of a few points has no settled part.
    let settled = points.filter { $0.0 > first + PanelView.beginning * (last - first) || $0.0 == last }.map(\.1)
    let isEnough = panel.curves.contains { $0.x.count >= 8 } && settled.count >= 6
    let flattens = PanelView.extent(settled) < PanelView.settledShare * PanelView.extent(all)
    leavesOutBeginning = isEnough && flattens && PanelView.extent(settled) > 0
    values = leavesOutBeginning ? settled : all
  }

  private static func extent(_ values: [Double]) -> Double { (values.max() ?? 0) - (values.min() ?? 0) }
}
