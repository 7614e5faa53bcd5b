import CaffeCore
import CaffeDrawing
import CaffeProto
import CaffeSolvers

/// The learning rates that solvers will take, as curves.
public enum RateChart {
  /// The chart of `solvers`, by the names that the legend is to have.
  ///
  /// - Throws: `CaffeError` when a field of a solver is missing or out of range.
  public static func chart(of solvers: [(name: String, solver: SolverParameter)], isLogarithmic: Bool = false) throws
    -> Chart
  {
    let curves = try solvers.enumerated().map { index, entry in
      let forecast = try RateForecast(entry.solver)
      let places = iterations(forecast)
      return Chart.Curve(
        entry.name, color: Chart.color(index), x: places.map(Double.init),
        y: places.map { Double(forecast.rate(at: $0)) })
    }
    let policies = solvers.map(\.solver.lrPolicy)
    let subtitle =
      policies.count == 1 ? "lr_policy: \"\(policies[0])\", base_lr: \(solvers[0].solver.baseLr.general)" : ""
    let note = policies.contains("plateau") ? " (falls of \"plateau\" follow from the loss and can't be foreseen)" : ""
    return Chart(
      solvers.count == 1 ? solvers[0].name : "learning rates", subtitle: subtitle + note, horizontalTitle: "iterations",
      panels: [Chart.Panel("learning rate", isLogarithmic: isLogarithmic, curves: curves)],
      legend: solvers.count == 1 ? [] : curves.map { Chart.LegendEntry($0.name, color: $0.color) })
  }

  /// Evenly spread iterations, and both sides of each place where the rate jumps between two of them.
  private static func iterations(_ forecast: RateForecast) -> [Int] {
    let last = forecast.iterations - 1
    let step = max(1, last / 500)
    var places = Set(stride(from: 0, through: last, by: step))
    places.insert(last)
    for start in stride(from: 0, to: last, by: step) where step > 1 {
      var (low, high) = (start, min(last, start + step))
      guard abs(forecast.rate(at: low) - forecast.rate(at: high)) > 0.02 * forecast.baseRate else { continue }
      // The half with the larger difference holds the jump.
      while high - low > 1 {
        let middle = (low + high) / 2
        let rate = forecast.rate(at: middle)
        if abs(rate - forecast.rate(at: low)) > abs(forecast.rate(at: high) - rate) {
          high = middle
        } else {
          low = middle
        }
      }
      places.formUnion([low, high])
    }
    return places.sorted()
  }
}
