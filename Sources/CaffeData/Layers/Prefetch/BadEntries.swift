import CaffeCore
import Synchronization

/// The records or pictures that can't be used, where that is no error: each is said once, the first ones by name.
final class BadEntries: Sendable {
  /// How many are named in the log.
  static let namedLimit = 10

  private let found = Mutex<Set<Int>>([])
  private let warn: @Sendable (String) -> Void

  /// - Parameter warn: Writes a warning to the log.
  init(warn: @escaping @Sendable (String) -> Void) { self.warn = warn }

  func contains(_ entry: Int) -> Bool { found.withLock { $0.contains(entry) } }

  /// Notes that `entry` can't be used, because of `error`.
  func insert(_ entry: Int, _ error: CaffeError) {
    let count = found.withLock { $0.insert(entry).inserted ? $0.count : 0 }
    guard count > 0, count <= BadEntries.namedLimit else { return }
    warn("\(error); skipped, \(count) so far")
    if count == BadEntries.namedLimit { warn("more that have to be skipped are counted, not named") }
  }
}

/// How many places of each lap something else had to take, counted as batches are used.
struct SkipCount {
  private var lap: UInt64 = 0
  private var count = 0

  /// Takes in the laps in which places of a batch lay that something else took, and the lap of the batch's last place.
  ///
  /// - Returns: The counts of the laps that ended, where there were any.
  mutating func take(_ laps: [UInt64], through last: UInt64) -> [Int] {
    var ended: [Int] = []
    func see(_ found: UInt64) {
      if found != lap {
        if count > 0 { ended.append(count) }
        lap = found
        count = 0
      }
      count += 1
    }
    for found in laps { see(found) }
    see(last)
    // The batch's last lap was only looked at.
    count -= 1
    return ended
  }
}
