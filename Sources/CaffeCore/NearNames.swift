/// Names that a misspelt one may have meant.
public enum NearNames {
  /// The candidates at most a third of the name's length away from `name`, nearest first, at most `limit`.
  ///
  /// The distance counts letters to insert, drop, change or swap, and takes no notice of case and underscores.
  public static func of(_ name: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
    let wanted = folded(name)
    let allowed = max(1, wanted.count / 3)
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

  private static func folded(_ name: String) -> [Character] { name.lowercased().filter { $0 != "_" } }

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

/// The names that `name` was probably meant to be, nearest first, at most `limit`.
package func nearNames(to name: String, in names: some Sequence<String>, limit: Int = 3) -> [String] {
  let wanted = plain(name)
  let allowed = max(1, min(3, wanted.count / 3))
  var found: [(name: String, distance: Int)] = []
  for candidate in names {
    let letters = plain(candidate)
    guard abs(letters.count - wanted.count) <= allowed else { continue }
    let distance = editDistance(wanted, letters)
    if distance <= allowed { found.append((candidate, distance)) }
  }
  found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
  return found.prefix(limit).map(\.name)
}

/// `; did you mean "a" or "b"?`, or nothing where no name is near.
package func didYouMean(_ name: String, in names: some Sequence<String>) -> String {
  let near = nearNames(to: name, in: names).map { "\"\($0)\"" }
  return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
}

/// Upper and lower case, `_` and `-` are what people mix up most, so they count for nothing.
private func plain(_ name: String) -> [UInt8] {
  name.utf8.prefix(100).filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    .map { (65...90).contains($0) ? $0 + 32 : $0 }
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from `first` to `second`.
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
  var older: [Int] = []
  var previous = Array(0...second.count)
  for row in first.indices {
    var current = [row + 1]
    for column in second.indices {
      let replaced = previous[column] + (first[row] == second[column] ? 0 : 1)
      var best = min(previous[column + 1] + 1, current[column] + 1, replaced)
      if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
        best = min(best, older[column - 1] + 1)
      }
      current.append(best)
    }
    (older, previous) = (previous, current)
  }
  return previous[second.count]
}
