import CaffeCore
import Foundation

/// How values become places along an axis, with ticks at round values.
struct Scale {
  /// The values at both ends.
  let domain: ClosedRange<Double>
  let isLogarithmic: Bool
  /// Round values within the domain, with their labels.
  let ticks: [(value: Double, label: String)]
  /// Values between, for thin lines without labels.
  let minorTicks: [Double]

  /// Makes a scale for finite `values`, all of them above 0 if it is logarithmic.
  ///
  /// - Parameters:
  ///   - count: About how many ticks there are to be.
  ///   - endsOnTicks: Whether the domain is widened to the next ticks.
  init(_ values: [Double], isLogarithmic: Bool, count: Int, endsOnTicks: Bool) {
    self.isLogarithmic = isLogarithmic
    let least = values.min() ?? (isLogarithmic ? 0.1 : 0)
    let most = values.max() ?? 1
    if isLogarithmic {
      let (ends, decades) = Scale.decades(least, most)
      domain = ends
      if ends.upperBound < 12 * ends.lowerBound {
        // Within a decade powers of ten say too little.
        ticks = Scale.roundValues(ends, step: Scale.step((ends.upperBound - ends.lowerBound) / Double(count)))
        minorTicks = []
        return
      }
      let every = max(1, Int((Double(decades.count) / 6).rounded(.up)))
      var ticks = decades.enumerated().filter { $0.offset % every == 0 }.map { Scale.decade($0.element) }
      var minor: [Double] = []
      for decade in decades {
        for factor in 2...9 { minor.append(Double(factor) * pow(10, Double(decade))) }
      }
      minor = minor.filter { ends.contains($0) }
      if decades.count < 4 {
        ticks += minor.filter { [2, 5].contains(Int(($0 / pow(10, floor(log10($0)))).rounded())) }.map {
          ($0, Scale.label($0, step: $0))
        }
      }
      self.ticks = ticks.filter { ends.contains($0.0) }
      minorTicks = minor
      return
    }
    let padding = least == most ? max(abs(least) * 0.1, least == 0 ? 1 : 0) : 0
    // What begins near 0 begins at 0, so that heights can be compared.
    let start = least > 0 && least < (endsOnTicks ? 0.4 : 0.05) * most ? 0 : least - padding
    let end = most + padding
    let step = Scale.step((end - start) / Double(max(1, count)))
    let low = endsOnTicks ? floor(start / step + 1e-9) * step : start
    let next = ceil(end / step - 1e-9) * step
    // An axis of 9,999 iterations goes on to 10,000.
    let high = endsOnTicks || next - end < 0.02 * (end - start) ? next : end
    domain = low...max(high, low + step * 1e-6)
    ticks = Scale.roundValues(domain, step: step)
    minorTicks = []
  }

  /// Where `value` is: 0 at the beginning, 1 at the end.
  func share(_ value: Double) -> Double {
    if isLogarithmic { return log(value / domain.lowerBound) / log(domain.upperBound / domain.lowerBound) }
    return (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
  }

  /// Whether `value` has a place.
  func shows(_ value: Double) -> Bool { value.isFinite && (!isLogarithmic || value > 0) }

  // MARK: - Ticks

  private static func roundValues(_ domain: ClosedRange<Double>, step: Double) -> [(value: Double, label: String)] {
    let first = Int(ceil(domain.lowerBound / step - 1e-9))
    let last = Int(floor(domain.upperBound / step + 1e-9))
    return first > last ? [] : (first...last).map { (Double($0) * step, label(Double($0) * step, step: step)) }
  }

  /// The next of 1, 2, 5 times a power of ten that isn't below `rough`.
  static func step(_ rough: Double) -> Double {
    guard rough > 1e-290, rough.isFinite else { return 1 }
    let power = pow(10, floor(log10(rough)))
    let factor = rough / power
    return power * (factor <= 1.0000001 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10)
  }

  private static func decades(_ least: Double, _ most: Double) -> (ClosedRange<Double>, ClosedRange<Int>) {
    let low = Int(floor(log10(least) + 1e-9))
    let high = max(low + 1, Int(ceil(log10(most) - 1e-9)))
    // Up to the next of 1, 2 and 5, not to the next power, which could leave most of the panel empty.
    func down(_ value: Double) -> Double { [5, 2, 1].map { $0 * pow(10, Double(low)) }.first { $0 <= value } ?? value }
    func up(_ value: Double) -> Double {
      [1, 2, 5, 10].map { $0 * pow(10, Double(high - 1)) }.first { $0 >= value * 0.999999 } ?? value
    }
    let (start, end) = (down(least), up(most))
    return (start...max(end, start * 1.0001), low...high)
  }

  private static func decade(_ power: Int) -> (Double, String) {
    let value = pow(10, Double(power))
    return (value, (-3...5).contains(power) ? label(value, step: value) : "10" + superscript(power))
  }

  /// `value`, with the decimals that `step` needs: `10,000`, `0.25`, `5·10⁻⁶`.
  static func label(_ value: Double, step: Double) -> String {
    let size = max(abs(value), abs(step))
    if value == 0, size < 1e-4 { return "0" }
    if value != 0, size >= 1e7 || size < 1e-4 {
      let power = Int(floor(log10(abs(value)) + 1e-9))
      let factor = (value / pow(10, Double(power)) * 100).rounded() / 100
      return (factor == 1 ? "" : "\(factor.general)·") + "10" + superscript(power)
    }
    let decimals = max(0, -Int(floor(log10(step) + 1e-9)))
    let digits = String(format: "%.\(decimals)f", abs(value))
    let parts = digits.split(separator: ".", maxSplits: 1)
    let whole = Array(parts.first.map(String.init) ?? digits)
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    let rest = parts.count > 1 ? ".\(parts[1])" : ""
    return (value < 0 ? "−" : "") + grouped + rest
  }

  private static func superscript(_ power: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹"
    ]
    return String(String(power).map { digits[$0] ?? $0 })
  }
}
