import CaffeCore

extension WeightsReport {
  /// One line of numbers: `4 loaded, 1 missing, 2 extra, 0 of another shape`.
  public var counts: String {
    let shapes = Set(mismatched.map(\.layer)).union(miscounted.map(\.layer)).count
    return "\(loaded.count) loaded, \(missing.count) missing, \(extra.count) extra, \(shapes) of another shape"
  }

  /// What wasn't loaded, a layer or parameter a line below a head; empty where all was.
  public var table: [String] {
    var rows: [[String]] = missing.map { [$0, "missing", "in the net only: keeps what it had"] }
    rows += extra.map { [$0, "extra", "in the file only"] }
    rows += mismatched.map { mismatch in
      let stored = mismatch.stored.map(String.init).joined(separator: " ")
      return [
        mismatch.layer, "wrong shape",
        "parameter \(mismatch.index): [\(stored)] in the file, [\(mismatch.needed.list)] in the net: keeps what it had"
      ]
    }
    rows += miscounted.map {
      [$0.layer, "wrong count", "\($0.stored) parameters in the file, \($0.needed) in the net: keeps what it had"]
    }
    guard !rows.isEmpty else { return [] }
    return TextTable.lines([["layer", "state", ""]] + rows)
  }
}
