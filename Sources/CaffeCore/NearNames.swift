/// Names that a misspelt one may have meant.
public enum NearNames {
  /// The candidates at most a third of the name's length and three letters away from `name`, nearest first, at most
  /// `limit`.
  ///
  /// The distance counts letters to insert, drop, change or swap; case, underscores and dashes count for nothing.
  public static func of(_ name: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
    let wanted = folded(name)
    let allowed = max(1, min(3, wanted.count / 3))
    return candidates.map { (name: $0, distance: distance(wanted, folded($0))) }
      .filter { $0.distance <= allowed }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(limit).map(\.name)
  }

  /// `; did you mean "a" or "b"?`, or nothing when no candidate is near.
  public static func hint(for name: String, among candidates: some Sequence<String>) -> String {
    let near = of(name, among: candidates)
    return near.isEmpty ? "" : "; did you mean \(near.map { "\"\($0)\"" }.joined(separator: " or "))?"
  }

  private static func folded(_ name: String) -> [Character] {
    name.prefix(100).lowercased().filter { $0 != "_" && $0 != "-" }
  }

  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        let change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        row[j] = min(last[j] + 1, row[j - 1] + 1, change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
