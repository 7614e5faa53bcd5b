import CaffeCore
import CaffeDrawing

/// How the values of a parameter are spread.
public struct WeightHistogram: Sendable {
  /// What the values are called.
  public let title: String
  /// The number of values in each of the equal parts between least and largest.
  public let counts: [Int]
  /// The least value.
  public let low: Float
  /// The largest.
  public let high: Float
  /// The mean of all.
  public let mean: Double
  /// The standard deviation.
  public let deviation: Double
  /// How many are 0.
  public let zeros: Int
  /// How many aren't finite; they are in none of the numbers above.
  public let nonFinite: Int
  private let total: Int

  /// Counts `values`.
  public init(_ values: [Float], title: String, bins: Int = 60) {
    let finite = values.filter(\.isFinite)
    let low = finite.min() ?? 0
    let high = finite.max() ?? 0
    var counts = [Int](repeating: 0, count: max(1, bins))
    let scale = high > low ? Float(counts.count) / (high - low) : 0
    for value in finite { counts[min(counts.count - 1, Int((value - low) * scale))] += 1 }
    let mean = finite.reduce(0.0) { $0 + Double($1) } / Double(max(1, finite.count))
    let variance = finite.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(max(1, finite.count))
    self.title = title
    (self.counts, self.low, self.high, self.mean) = (counts, low, high, mean)
    deviation = variance.squareRoot()
    zeros = finite.count { $0 == 0 }
    nonFinite = values.count - finite.count
    total = values.count
  }

  /// The numbers in a line.
  public var text: String {
    let bad = nonFinite > 0 ? ", \(nonFinite) not finite" : ""
    return "\(title): \(total) values from \(low.general) to \(high.general), mean \(Float(mean).general), "
      + "standard deviation \(Float(deviation).general), \(zeros) zeros\(bad)"
  }

  /// The counts as bars.
  public func drawing() -> SVGDrawing {
    let (left, top, width, height) = (70.0, 50.0, 600.0, 260.0)
    var drawing = SVGDrawing(width: left + width + 30, height: top + height + 60)
    drawing.text(title, at: (left, 24), TextStyle(size: 15, color: "#000000", isBold: true))
    drawing.text(
      "\(total) values, mean \(Float(mean).general), standard deviation \(Float(deviation).general)", at: (left, 41),
      TextStyle(size: 11))
    let most = max(1, counts.max() ?? 1)
    let bar = width / Double(counts.count)
    for (index, count) in counts.enumerated() where count > 0 {
      let size = height * Double(count) / Double(most)
      drawing.rectangle(
        x: left + Double(index) * bar, y: top + height - size, width: max(1, bar - 1), height: size, fill: "#0072b2",
        hint: "\(count)")
    }
    let axis = Stroke("#444444")
    drawing.line([(left, top), (left, top + height), (left + width, top + height)], axis)
    for share in [0.0, 0.25, 0.5, 0.75, 1] {
      let value = Double(low) + share * (Double(high) - Double(low))
      let x = left + share * width
      drawing.line([(x, top + height), (x, top + height + 5)], axis)
      drawing.text(Float(value).general, at: (x, top + height + 20), TextStyle(size: 11, anchor: .middle))
      let y = top + height - share * height
      drawing.line([(left - 5, y), (left, y)], axis)
      drawing.text("\(Int(share * Double(most)))", at: (left - 9, y + 4), TextStyle(size: 11, anchor: .end))
    }
    return drawing
  }
}
