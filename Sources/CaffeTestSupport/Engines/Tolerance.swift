/// How far a result may lie from the one that it is held to.
///
/// `|got − want| ≤ relative · |want| + 2e-6 · max(1, largest |want|)`: the rule that the original's numbers come with.
package struct Tolerance: Hashable, Sendable {
  /// The share of the wanted value.
  package var relative: Double
  /// Whether all values are held to it together: `‖got − want‖ ≤ relative · ‖want‖`. Where factors are rounded, terms that cancel leave
  /// single values with any error.
  package var isOfWhole = false

  package init(relative: Double) { self.relative = relative }

  /// For results that are sums of many terms.
  package static let sums = Tolerance(relative: 1e-4)
  /// For results of one value, or few.
  package static let elementwise = Tolerance(relative: 1e-5)
  /// For copies and indices.
  package static let exact = Tolerance(relative: 0)

  /// For results of products whose factors are rounded to ten bits.
  package static func rounded(_ relative: Double) -> Tolerance {
    var tolerance = Tolerance(relative: relative)
    tolerance.isOfWhole = true
    return tolerance
  }

  /// The difference that uses up most of what is allowed, among all values.
  package func worstDifference(got: [Float], want: [Float]) -> Difference {
    if isOfWhole { return wholeDifference(got, want) }
    let largest = want.reduce(0.0) { $1.isFinite ? max($0, Double(abs($1))) : $0 }
    let floor = relative == 0 ? 0 : 2e-6 * max(1, largest)
    var worst = Difference(index: nil, got: 0, want: 0, allowed: floor)
    guard got.count == want.count else {
      return Difference(index: min(got.count, want.count), got: .nan, want: 0, allowed: floor)
    }
    for (index, pair) in zip(got, want).enumerated() {
      let allowed = pair.1.isFinite ? relative * Double(abs(pair.1)) + floor : 0
      let difference = Difference(index: index, got: pair.0, want: pair.1, allowed: allowed)
      if difference.isWorse(than: worst) { worst = difference }
    }
    return worst
  }

  /// The difference of all values as a share of what is wanted, which should be 0.
  private func wholeDifference(_ got: [Float], _ want: [Float]) -> Difference {
    guard got.count == want.count else {
      return Difference(index: min(got.count, want.count), got: .nan, want: 0, allowed: relative)
    }
    var (error, whole) = (0.0, 0.0)
    for (index, pair) in zip(got, want).enumerated() {
      guard pair.0.isFinite, pair.1.isFinite else {
        let difference = Difference(index: index, got: pair.0, want: pair.1, allowed: 0)
        if difference.passed { continue }
        return difference
      }
      let difference = Double(pair.0) - Double(pair.1)
      error += difference * difference
      whole += Double(pair.1) * Double(pair.1)
    }
    guard error > 0 else { return Difference(index: nil, got: 0, want: 0, allowed: relative) }
    return Difference(
      index: nil, got: Float(whole > 0 ? (error / whole).squareRoot() : .infinity), want: 0, allowed: relative)
  }
}

/// One value beside the one that it should be.
package struct Difference: Hashable, Sendable {
  /// Its place; `nil` when there is nothing to compare or nothing differs.
  package var index: Int?
  package var got: Float
  package var want: Float
  /// The largest difference that passes.
  package var allowed: Double

  /// |got − want|; 0 for equal infinities and for two that aren't numbers.
  package var size: Double {
    if got == want || (got.isNaN && want.isNaN) { return 0 }
    let difference = abs(Double(got) - Double(want))
    return difference.isNaN ? .infinity : difference
  }

  package var passed: Bool { size <= allowed }

  fileprivate func isWorse(than other: Difference) -> Bool {
    if passed != other.passed { return !passed }
    let (share, otherShare) = (size / max(allowed, 1e-30), other.size / max(other.allowed, 1e-30))
    return share > otherShare
  }
}
