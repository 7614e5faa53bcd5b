/// Which parts of a range nobody has: pieces are taken from it and given back.
///
/// Where a piece goes depends on nothing but the pieces before it.
package struct FreeRanges {
  private struct Gap {
    var start: Int
    var end: Int
  }

  /// In order; no two touch.
  private var gaps: [Gap] = []

  /// Makes a range of `count` that is free.
  package init(count: Int) {
    gaps.reserveCapacity(64)
    if count > 0 { gaps.append(Gap(start: 0, end: count)) }
  }

  /// Whether a piece of `size` fits, and how large the gap is that it would be taken from.
  package func smallestGap(for size: Int) -> Int? { best(for: size).map { gaps[$0].end - gaps[$0].start } }

  /// Whether nobody has a piece of a range of `count`.
  package func isWhole(_ count: Int) -> Bool { gaps.count == 1 && gaps[0].end - gaps[0].start == count }

  /// Takes the smallest gap that is large enough, of several the first.
  ///
  /// - Returns: Where the piece starts; nothing if there is no such gap.
  package mutating func take(_ size: Int) -> Int? {
    guard let best = best(for: size) else { return nil }
    let start = gaps[best].start
    cut(gap: best, start, start + size)
    return start
  }

  /// Takes the piece that starts at `start`, if it is free.
  package mutating func take(at start: Int, _ size: Int) -> Bool {
    let end = start + size
    let index = firstGap(endingBeyond: start)
    guard index < gaps.count, gaps[index].start <= start, end <= gaps[index].end else { return false }
    cut(gap: index, start, end)
    return true
  }

  /// Takes back a piece.
  package mutating func giveBack(_ start: Int, _ size: Int) {
    let end = start + size
    let index = firstGap(endingBeyond: start)
    let touchesNext = index < gaps.count && gaps[index].start == end
    let touchesPrevious = index > 0 && gaps[index - 1].end == start
    switch (touchesPrevious, touchesNext) {
    case (true, true):
      gaps[index - 1].end = gaps[index].end
      gaps.remove(at: index)
    case (true, false): gaps[index - 1].end = end
    case (false, true): gaps[index].start = start
    case (false, false): gaps.insert(Gap(start: start, end: end), at: index)
    }
  }

  private func best(for size: Int) -> Int? {
    var best: Int?
    for (index, gap) in gaps.enumerated() where gap.end - gap.start >= size {
      if let found = best, gaps[found].end - gaps[found].start <= gap.end - gap.start { continue }
      best = index
    }
    return best
  }

  private func firstGap(endingBeyond start: Int) -> Int { gaps.firstIndex { $0.end > start } ?? gaps.count }

  /// Takes `start..<end` out of a gap that has it.
  private mutating func cut(gap index: Int, _ start: Int, _ end: Int) {
    let gap = gaps[index]
    switch (gap.start == start, gap.end == end) {
    case (true, true): gaps.remove(at: index)
    case (true, false): gaps[index].start = end
    case (false, true): gaps[index].end = start
    case (false, false):
      gaps[index].end = start
      gaps.insert(Gap(start: end, end: gap.end), at: index + 1)
    }
  }
}
