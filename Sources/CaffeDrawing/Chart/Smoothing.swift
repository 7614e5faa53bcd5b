import Foundation

/// A running mean that doesn't lag behind: each value becomes the mean of its neighbours before and after it, near ones counting more.
enum Smoothing {
  /// `values` smoothed as by a mean of `width` of them; what isn't finite stays and parts what is left and right of it.
  static func smoothed(_ values: [Double], width: Double) -> [Double] {
    // The bell that spreads as far as a mean over that many values.
    let deviation = width / 12.0.squareRoot()
    guard deviation > 0.3 else { return values }
    let reach = Int((2.5 * deviation).rounded(.up))
    let bell = (0...reach).map { exp(-0.5 * pow(Double($0) / deviation, 2)) }
    var result = values
    for piece in pieces(values) {
      for index in piece {
        // As many neighbours on one side as on the other, so that slopes stay at the ends.
        let side = min(reach, index - piece.lowerBound, piece.upperBound - 1 - index)
        var (sum, weight) = (values[index], 1.0)
        if side > 0 {
          for distance in 1...side {
            sum += bell[distance] * (values[index - distance] + values[index + distance])
            weight += 2 * bell[distance]
          }
        }
        result[index] = sum / weight
      }
    }
    return result
  }

  /// The stretches of finite values.
  static func pieces(_ values: [Double]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start: Int?
    for (index, value) in values.enumerated() {
      if value.isFinite {
        start = start ?? index
      } else if let begin = start {
        result.append(begin..<index)
        start = nil
      }
    }
    if let start { result.append(start..<values.count) }
    return result
  }
}
